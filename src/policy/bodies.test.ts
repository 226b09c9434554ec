/** @file What every body must do: one table of them, a line for each. */
import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { ObservationSpace } from "#env/space.ts";
import { gradients } from "#tensor/gradient.ts";
import { inOrder, input } from "#tensor/graph.ts";
import type { Node } from "#tensor/graph.ts";
import { hoist } from "#tensor/hoist.ts";
import { compile, compileModel } from "#tensor/onnx/session.ts";
import { square } from "#tensor/ops/elementwise.ts";
import { mean } from "#tensor/ops/reduction.ts";
import { parameterLayout } from "#tensor/parameters.ts";
import { evaluate } from "#tensor/reference.ts";
import { categoricalHead } from "./action-heads/categorical.ts";
import { actingModel, actingNames } from "./actor.ts";
import type { Body, NetworkConfig } from "./body.ts";
import { createBody } from "./body.ts";
import { actorCritic } from "./network.ts";
import { seen, seenShape, seenThroughout } from "./seen.ts";
import type { SeenShape } from "./seen.ts";

const tail = { hidden: [7, 5], activation: "tanh" } as const;

const bodies: { readonly [Name in NetworkConfig["body"]]: Extract<NetworkConfig, { readonly body: Name }> } = {
  mlp: { body: "mlp", ...tail },
  gru: { body: "gru", units: 6, ...tail },
  convolution: { body: "convolution", channels: [6, 5], kernel: 2, ...tail },
  transformer: { body: "transformer", width: 8, heads: 2, feedForward: 12, layers: 2, acrossLayers: 1, ...tail },
};

const rng = createRng(5);
const noise = (length: number): Float32Array => Float32Array.from({ length }, () => rng.normal());

/** A table of two instruments. */
function space(columns: number, lookback: number): ObservationSpace & { kind: "windowed" } {
  const rows = 20;
  return { kind: "windowed", table: { values: noise(rows * columns), rows, columns, blocks: 2 }, lookback, size: 3 };
}

interface Made {
  readonly body: Body;
  readonly parameters: Float32Array;
  readonly hidden: Node;
  readonly gradient: Node;
}

/** A body over `batch` observations; `expected` of them are told to have windows of their own. */
function made(
  config: NetworkConfig,
  { table, ...rest }: ReturnType<typeof space>,
  batch: number,
  expected: number,
): Made {
  const layout = parameterLayout();
  const whole = { table, ...rest };
  const body = createBody(layout, "body", seenShape(whole), config);
  const flat = input("parameters", [layout.size]);
  const looked = seen(
    whole,
    input("observations", [batch, 1 + rest.size]),
    input("table", [table.rows, table.columns]),
    expected,
  );
  const hidden = body.forward(looked, layout.unpack(flat));
  // First values leave biases at zero, where slopes jump: not here.
  const parameters = layout.initialise(createRng(1)).map((value) => value + 0.1 * rng.normal());
  return { body, parameters, hidden, gradient: gradients(mean(square(hidden)), [flat])[0] };
}

function observations({ table, lookback, size }: ReturnType<typeof space>, batch: number): Float32Array {
  return Float32Array.from({ length: batch * (1 + size) }, (_, at) =>
    at % (1 + size) === 0 ? lookback - 1 + rng.integer(table.rows - lookback + 1) : rng.normal(),
  );
}

function expectClose(found: ArrayLike<number | bigint>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(wanted.length);
  for (let at = 0; at < wanted.length; at++) {
    const off = Math.abs(Number(found[at]) - wanted[at]) / Math.max(1, Math.abs(wanted[at]));
    expect(off, `place ${at}: ${Number(found[at])} beside ${wanted[at]}`).toBeLessThan(tolerance);
  }
}

describe.each(Object.values(bodies))("a $body", (config) => {
  test("gives on ONNX Runtime what the reference gives, and has the gradient that differences say", async () => {
    const seenSpace = space(4, 5);
    const { parameters, hidden, gradient, body } = made(config, seenSpace, 3, 3);
    expect(hidden.shape).toEqual([3, 5]);
    expect(body.width).toBe(5);
    const feeds = { parameters, observations: observations(seenSpace, 3), table: seenSpace.table.values };
    const wanted = evaluate({ hidden, gradient }, feeds);
    const program = await compile({ hidden, gradient });
    const run = await program.run(feeds);
    await program.dispose();
    expectClose(run["hidden"], wanted.hidden, 1e-5);
    expectClose(run["gradient"], wanted.gradient, 1e-5);

    const loss = mean(square(hidden));
    const direction = Float64Array.from(parameters, () => rng.normal());
    const moved = (step: number): number =>
      evaluate({ loss }, { ...feeds, parameters: Float64Array.from(parameters, (p, at) => p + step * direction[at]) })
        .loss[0];
    const slope = wanted.gradient.reduce((sum, g, at) => sum + g * direction[at], 0);
    expect((moved(1e-6) - moved(-1e-6)) / 2e-6).toBeCloseTo(slope, 6);
  });

  test("computes windows that are shared once, gives the same and learns the same", async () => {
    const batch = 64;
    const seenSpace = space(64, 8);
    const [shared, apart] = [made(config, seenSpace, batch, 20), made(config, seenSpace, batch, batch)];
    const finds = ({ gradient }: Made): boolean => inOrder([gradient]).some(({ op }) => op === "distinct");
    expect([finds(shared), finds(apart)]).toEqual([true, false]);

    const feeds = {
      parameters: shared.parameters,
      observations: observations(seenSpace, batch),
      table: seenSpace.table.values,
    };
    const wanted = await compile({ hidden: apart.hidden, gradient: apart.gradient });
    const program = await compile({ hidden: shared.hidden, gradient: shared.gradient }, { threads: 2 });
    const [without, once] = [await wanted.run(feeds), await program.run(feeds)];
    await wanted.dispose();
    await program.dispose();
    for (const name of ["hidden", "gradient"]) expectClose(once[name], Float64Array.from(without[name], Number), 1e-5);
    expectClose(evaluate({ hidden: shared.hidden }, feeds).hidden, Float64Array.from(without["hidden"], Number), 1e-5);
  });

  test("gives the same where the whole table was read before", async () => {
    const seenSpace = space(64, 8);
    const layout = parameterLayout();
    const body = createBody(layout, "body", seenShape(seenSpace), config);
    const [flat, asked, rows] = [
      input("parameters", [layout.size]),
      input("observations", [4, 4]),
      input("table", [20, 64]),
    ];
    const hidden = (looks: number): Node =>
      body.forward(seenThroughout(seenSpace, asked, rows, looks), layout.unpack(flat));
    const { before, after } = hoist({ hidden: hidden(1000) }, rows, [asked]);
    expect(Object.keys(before)).toHaveLength(1);
    expect(hoist({ hidden: hidden(4) }, rows, [asked]).before).toEqual({});

    const parameters = layout.initialise(createRng(1));
    const table = seenSpace.table.values;
    const [prepare, act, plain] = [await compile(before), await compile(after), await compile({ hidden: hidden(4) })];
    const ready = await prepare.run({ parameters, table });
    for (let look = 0; look < 3; look++) {
      const shown = observations(seenSpace, 4);
      const wanted = await plain.run({ parameters, observations: shown, table });
      const found = await act.run({ parameters, observations: shown, ...ready });
      expectClose(found["hidden"], Float64Array.from(wanted["hidden"], Number), 1e-5);
    }
    for (const program of [prepare, act, plain]) await program.dispose();
  });

  test.each([1, 7])("acts by its ONNX model as the training graph does, for a batch of %i", async (batch) => {
    const seenSpace = space(4, 5);
    const network = actorCritic(seenShape(seenSpace), categoricalHead([5]), config);
    const parameters = network.initialise(createRng(3));
    const looked = observations(seenSpace, batch);
    const training = network.forward(
      input("parameters", [network.parameters]),
      seen(seenSpace, input("observations", [batch, 4]), input("table", [20, 4])),
    );
    const learner = await compile({ ...training.said, value: training.value });
    const actor = await compileModel(actingModel(network.actor, parameters, seenShape(seenSpace), {}));
    const wanted = await learner.run({ parameters, observations: looked, table: seenSpace.table.values });
    const lanes = Array.from({ length: batch }, (_, lane) => lane);
    const acted = await actor.run({
      [actingNames.market]: Float32Array.from(
        lanes.flatMap((lane) => {
          const t = looked[lane * 4];
          return [...seenSpace.table.values.subarray((t - 4) * 4, (t + 1) * 4)];
        }),
      ),
      [actingNames.account]: Float32Array.from(
        lanes.flatMap((lane) => [...looked.subarray(lane * 4 + 1, lane * 4 + 4)]),
      ),
    });
    await learner.dispose();
    await actor.dispose();
    for (const name of ["logits", "value"]) expectClose(acted[name], Float64Array.from(wanted[name], Number), 1e-6);
  });

  test.each([
    ["one instrument", { lookback: 6, columns: 3, own: 2, instruments: 1 }],
    ["a lookback of one row", { lookback: 1, columns: 6, own: 2, instruments: 3 }],
    ["one column for each of many instruments", { lookback: 4, columns: 9, own: 1, instruments: 9 }],
  ])("reads %s", (_, shape: SeenShape) => {
    const layout = parameterLayout();
    const body = createBody(layout, "body", shape, config);
    const windows = input("windows", [2, shape.lookback * shape.columns]);
    const own = input("own", [2, shape.own]);
    const hidden = body.forward({ windows, own }, layout.unpack(input("parameters", [layout.size])));
    const { hidden: found } = evaluate(
      { hidden },
      {
        windows: noise(2 * shape.lookback * shape.columns),
        own: noise(2 * shape.own),
        parameters: layout.initialise(createRng(1)),
      },
    );
    expect(found).toHaveLength(10);
    expect(found.every(Number.isFinite)).toBe(true);
    expect(new Set(layout.parameters.map(({ name }) => name)).size).toBe(layout.parameters.length);
    expect(layout.parameters.every(({ name }) => name.startsWith("body."))).toBe(true);
    expect(layout.initialise(createRng(1))).toEqual(layout.initialise(createRng(1)));
  });
});

test.each(["gru", "convolution", "transformer"] as const)("a %s is refused where there is no table to read", (name) => {
  const shape = { lookback: 0, columns: 0, own: 4 };
  expect(() => createBody(parameterLayout(), "body", shape, bodies[name])).toThrow("for worlds with a table");
});

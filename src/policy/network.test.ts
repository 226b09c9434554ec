import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { ObservationSpace, Table } from "#env/space.ts";
import { constant, input } from "#tensor/graph.ts";
import { compile, compileModel } from "#tensor/onnx/session.ts";
import { evaluate } from "#tensor/reference.ts";
import { categoricalHead } from "./action-heads/categorical.ts";
import { actingModel, actingNames } from "./actor.ts";
import { actorCritic, qNetwork } from "./network.ts";
import { flatSeen, seen, seenShape } from "./seen.ts";

const rng = createRng(7);
const rows = 12;
const columns = 3;
const table: Table = { values: Float32Array.from({ length: rows * columns }, () => rng.normal()), rows, columns };

const windowed = (lookback: number, size = 2): ObservationSpace & { kind: "windowed" } => ({
  kind: "windowed",
  table,
  lookback,
  size,
});

/** What a lane at row `t` sees, cut out of the table by hand. */
const window = (t: number, lookback: number): number[] => [
  ...table.values.subarray((t - lookback + 1) * columns, (t + 1) * columns),
];

describe("what a network sees", () => {
  test("is the observation itself where there is no table", () => {
    const observations = input("observations", [2, 4]);
    expect(flatSeen(seen({ kind: "vector", size: 4 }, observations))).toBe(observations);
    expect(seenShape({ kind: "vector", size: 4 })).toEqual({ lookback: 0, columns: 0, own: 4 });
  });

  test.each([1, 5])(
    "is the right window, oldest row first, then the lane's own numbers (lookback %i)",
    async (lookback) => {
      const space = windowed(lookback);
      const lanes = [lookback - 1, 7, rows - 1, 7];
      const own = lanes.map((_, lane) => [lane + 0.5, -lane]);
      const observations = Float32Array.from(lanes.flatMap((t, lane) => [t, ...own[lane]]));
      const node = flatSeen(seen(space, input("observations", [4, 3]), input("table", [rows, columns])));
      expect(seenShape(space)).toEqual({ lookback, columns, own: 2, instruments: 1 });
      expect(node.shape).toEqual([4, lookback * columns + 2]);
      const expected = lanes.flatMap((t, lane) => [...window(t, lookback), ...own[lane]]);
      const program = await compile({ node });
      const run = await program.run({ observations, table: table.values });
      await program.dispose();
      expect([...run["node"]]).toEqual(expected);
      expect([...evaluate({ node }, { observations, table: table.values }).node]).toEqual(expected);
    },
  );

  test("cannot be a window without its table", () => {
    expect(() => seen(windowed(2), input("observations", [1, 3]))).toThrow("comes with its table");
  });
});

describe("an actor-critic", () => {
  const config = { body: "mlp", hidden: [8, 6], activation: "tanh" } as const;
  const shape = { lookback: 0, columns: 0, own: 5 };

  test("has a body for the policy and one for the value, with nothing shared", () => {
    const network = actorCritic(shape, categoricalHead([3]), config);
    const body = 5 * 8 + 8 + 8 * 6 + 6;
    expect(network.parameters).toBe(2 * body + (6 * 3 + 3) + (6 + 1));
    const parameters = network.initialise(createRng(1));
    const inputs = constant(
      Float32Array.from({ length: 10 }, () => rng.normal()),
      [2, 5],
    );
    const { said, value } = network.forward(input("parameters", [network.parameters]), { own: inputs });
    const { logits } = said;
    const both = (flat: Float32Array): { logits: number[]; value: number[] } => {
      const out = evaluate({ logits, value }, { parameters: flat });
      return { logits: [...out.logits], value: [...out.value] };
    };
    const before = both(parameters);
    let moved = { logits: 0, value: 0, both: 0 };
    for (let at = 0; at < parameters.length; at++) {
      const changed = parameters.slice();
      changed[at] += 0.5;
      const after = both(changed);
      const logitsMoved = after.logits.some((each, n) => each !== before.logits[n]);
      const valueMoved = after.value.some((each, n) => each !== before.value[n]);
      moved = {
        logits: moved.logits + (logitsMoved ? 1 : 0),
        value: moved.value + (valueMoved ? 1 : 0),
        both: moved.both + (logitsMoved && valueMoved ? 1 : 0),
      };
    }
    expect(moved).toEqual({ logits: body + 21, value: body + 7, both: 0 });
  });

  test("or one body under both, whose parameters move both", () => {
    const network = actorCritic(shape, categoricalHead([3]), { ...config, shared: true });
    const body = 5 * 8 + 8 + 8 * 6 + 6;
    expect(network.parameters).toBe(body + (6 * 3 + 3) + (6 + 1));
    const parameters = network.initialise(createRng(1));
    const inputs = constant([1, -1, 0.5, 2, -2], [1, 5]);
    const { said, value } = network.forward(input("parameters", [network.parameters]), { own: inputs });
    const numbers = (flat: Float32Array): number[] => {
      const out = evaluate({ logits: said["logits"], value }, { parameters: flat });
      return [out.logits[0], out.value[0]];
    };
    const [logit, worth] = numbers(parameters);
    const moved = numbers(parameters.map((each, at) => (at < body ? each + 0.1 : each)));
    expect(moved[0]).not.toBe(logit);
    expect(moved[1]).not.toBe(worth);
  });

  test("starts almost indifferent between actions, the same for the same seed", () => {
    const network = actorCritic(shape, categoricalHead([3]), config);
    const parameters = network.initialise(createRng(1));
    expect(network.initialise(createRng(1))).toEqual(parameters);
    expect(network.initialise(createRng(2))).not.toEqual(parameters);
    const inputs = constant([1, -1, 0.5, 2, -2], [1, 5]);
    const { logits } = network.forward(constant(parameters), { own: inputs }).said;
    for (const logit of evaluate({ logits }).logits) expect(Math.abs(logit)).toBeLessThan(0.05);
  });
});

describe("a network of action values", () => {
  const config = { body: "mlp", hidden: [8], activation: "tanh" } as const;
  const shape = { lookback: 0, columns: 0, own: 5 };
  const own = Float32Array.from({ length: 15 }, () => rng.normal());
  const valuesOf = (sizes: readonly number[], dueling: boolean, parameters?: Float32Array): number[] => {
    const network = qNetwork(shape, sizes, config, { dueling });
    const values = network.forward(constant(parameters ?? network.initialise(createRng(1))), {
      own: constant(own, [3, 5]),
    });
    return [...evaluate({ values }).values];
  };

  test.each([false, true])("begins almost indifferent between actions (dueling: %s)", (dueling) => {
    const values = valuesOf([2, 3], dueling);
    expect(values).toHaveLength(15);
    for (const value of values) expect(Math.abs(value)).toBeLessThan(0.05);
  });

  test.each([[[3]], [[2, 2]], [[2, 3]]])(
    "of two streams gives each head advantages around its share of the state's value (heads of %j)",
    (sizes) => {
      const network = qNetwork(shape, sizes, config, { dueling: true });
      const parameters = network.initialise(createRng(2)).map((value) => value + 0.1 * rng.normal());
      const before = valuesOf(sizes, true, parameters);
      const actions = sizes.reduce((sum, size) => sum + size, 0);
      const meansOf = (values: readonly number[]): number[] =>
        [0, 1, 2].flatMap((row) => {
          let from = row * actions;
          return sizes.map((size) => values.slice(from, (from += size)).reduce((sum, value) => sum + value, 0) / size);
        });
      // The last parameter is an advantage's bias: it moves one action against the others, not their mean.
      const moved = valuesOf(
        sizes,
        true,
        parameters.with(parameters.length - 1, parameters[parameters.length - 1] + 1),
      );
      meansOf(moved).forEach((mean, at) => expect(mean).toBeCloseTo(meansOf(before)[at], 6));
      const size = sizes.at(-1)!;
      for (let row = 0; row < 3; row++) {
        const last = row * actions + actions - 1;
        expect(moved[last] - before[last]).toBeCloseTo(1 - 1 / size, 5);
      }
      const means = meansOf(before);
      for (let row = 0; row < 3; row++) {
        const ofRow = means.slice(row * sizes.length, (row + 1) * sizes.length);
        for (const mean of ofRow) expect(mean, "each head has as much of the value").toBeCloseTo(ofRow[0], 6);
      }
    },
  );

  test("acts as it learned, for any batch", async () => {
    const windowedShape = { lookback: 1, columns: 2, own: 3 };
    const network = qNetwork(windowedShape, [2, 3], config, { dueling: true });
    const parameters = network.initialise(createRng(3)).map((value) => value + 0.05);
    const [market, account] = [own.subarray(0, 6), own.subarray(6)];
    const values = network.forward(constant(parameters), {
      windows: constant(market, [3, 2]),
      own: constant(account, [3, 3]),
    });
    const program = await compileModel(actingModel(network.actor, parameters, windowedShape, {}));
    const { actionValues } = await program.run({ [actingNames.market]: market, [actingNames.account]: account });
    await program.dispose();
    expect(actionValues).toHaveLength(15);
    evaluate({ values }).values.forEach((value, at) => expect(Number(actionValues[at])).toBeCloseTo(value, 5));
  });
});

describe("an acting model", () => {
  const space = windowed(4, 3);
  const network = actorCritic(seenShape(space), categoricalHead([5]), {
    body: "mlp",
    hidden: [16, 16],
    activation: "relu",
  });
  const parameters = network.initialise(createRng(3)).map((value) => value + 0.05);
  const model = actingModel(network.actor, parameters, seenShape(space), { schemaHash: "abc123" });

  test.each([1, 7])("gives what the training graph gives, for a batch of %i", async (batch) => {
    const lanes = Array.from({ length: batch }, (_, lane) => 3 + (lane % 9));
    const account = Float32Array.from({ length: batch * 3 }, () => rng.normal());
    const observations = Float32Array.from(lanes.flatMap((t, lane) => [t, ...account.slice(lane * 3, lane * 3 + 3)]));
    const training = network.forward(
      input("parameters", [network.parameters]),
      seen(space, input("observations", [batch, 4]), input("table", [rows, columns])),
    );
    const learner = await compile({ ...training.said, value: training.value });
    const expected = await learner.run({ parameters, observations, table: table.values });
    const actor = await compileModel(model);
    const acted = await actor.run({
      [actingNames.market]: Float32Array.from(lanes.flatMap((t) => window(t, 4))),
      [actingNames.account]: account,
    });
    await learner.dispose();
    await actor.dispose();
    expect(acted["logits"]).toHaveLength(batch * 5);
    for (const name of ["logits", actingNames.value]) {
      expected[name].forEach((value, at) => {
        expect(Math.abs(Number(acted[name][at]) - Number(value))).toBeLessThanOrEqual(
          1e-6 * Math.max(1, Math.abs(Number(value))),
        );
      });
    }
  });

  test("carries its metadata, and the same parameters make the same bytes", () => {
    expect(Buffer.from(model).includes("abc123")).toBe(true);
    expect(actingModel(network.actor, parameters, seenShape(space), { schemaHash: "abc123" })).toEqual(model);
  });
});

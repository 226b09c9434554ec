import { describe, expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import { constant } from "#tensor/graph.ts";
import type { Node } from "#tensor/graph.ts";
import { parameterLayout } from "#tensor/parameters.ts";
import { evaluate } from "#tensor/reference.ts";
import type { ActionHead, Said } from "./action-head.ts";
import { actionHead } from "./action-head.ts";

const lanes = 4;
const box = { kind: "box", low: [-2, 0], high: [2, 1] } as const;
const heads: readonly (readonly [string, () => ActionHead])[] = [
  ["choices", () => actionHead({ kind: "discrete", sizes: [3, 2] })],
  ["clipped normals with a free deviation", () => actionHead(box)],
  ["squashed normals with a deviation that is seen", () => actionHead(box, { squashed: true, deviation: "seen" })],
];

/** What a head with random parameters says of random hidden features, as graphs and in numbers. */
function spoken(head: ActionHead, seed: number): { graphs: Said<Node>; numbers: Said<Float32Array> } {
  const layout = parameterLayout();
  const rng = createRng(seed);
  const says = head.create(layout, "head", 3);
  const flat = layout.initialise(rng).map((value) => value + 0.5 * rng.normal());
  const hidden = Float64Array.from({ length: lanes * 3 }, () => rng.normal());
  const graphs = says(constant(hidden, [lanes, 3]), layout.unpack(constant(flat)));
  const found = Object.entries(evaluate(graphs)).map(([name, values]) => [name, Float32Array.from(values)]);
  return { graphs, numbers: Object.fromEntries(found) as Said<Float32Array> };
}

const legal = new Uint8Array(lanes * 5).fill(1);

/** Draws an action in each lane; a row has one number more than is kept of an action. */
function drawAll(head: ActionHead, numbers: Said<Float32Array>, seed: number) {
  const rng = createRng(seed);
  const actions = head.answers === "action" ? new Float32Array(lanes * 2) : new Int32Array(lanes * 2);
  const rows = new Float32Array(lanes * (head.keptWidth + 1)).fill(7);
  const logProbability = Array.from({ length: lanes }, (_, lane) =>
    head.draw(numbers, lane, legal, rng, actions, rows, lane * (head.keptWidth + 1)),
  );
  return { actions, rows, logProbability };
}

describe.each(heads)("a head of %s", (_, create) => {
  test("judges an action as probable as it said when it drew it, and keeps to its place in the row", () => {
    const head = create();
    const { graphs, numbers } = spoken(head, 3);
    for (let seed = 0; seed < 10; seed++) {
      const { rows, logProbability } = drawAll(head, numbers, seed);
      const inside = (at: number): boolean => at % (head.keptWidth + 1) < head.keptWidth;
      const kept = constant(
        rows.filter((__, at) => inside(at)),
        [lanes, head.keptWidth],
      );
      const judged = evaluate({ node: head.judge(graphs, kept).logProbability }).node;
      expect(judged).toHaveLength(lanes);
      logProbability.forEach((value, lane) => expect(judged[lane]).toBeCloseTo(value, 4));
      expect([...rows].every((value, at) => inside(at) || value === 7)).toBe(true);
    }
  });

  test("has an entropy for each part, minus the mean of what it says of its own draws", () => {
    const head = create();
    const { graphs, numbers } = spoken(head, 4);
    const { entropies } = head.judge(
      graphs,
      constant(new Float32Array(lanes * head.keptWidth), [lanes, head.keptWidth]),
    );
    expect(entropies.shape[1]).toBe(head.parts);
    const values = evaluate({ entropies }).entropies;
    const draws = 4000;
    let mean = 0;
    for (let seed = 0; seed < draws; seed++) mean += drawAll(head, numbers, seed).logProbability[0] / draws;
    expect(values[0] + values[1]).toBeCloseTo(-mean, 1);
  });
});

describe("a head of real numbers", () => {
  test("acts within its box, and clips nothing of what it remembers", () => {
    const head = actionHead(box, { logDeviation: 1 });
    const { numbers } = spoken(head, 1);
    let beyond = 0;
    for (let seed = 0; seed < 50; seed++) {
      const { actions, rows } = drawAll(head, numbers, seed);
      for (let lane = 0; lane < lanes; lane++) {
        for (let n = 0; n < 2; n++) {
          const unit = rows[lane * 3 + n];
          if (Math.abs(unit) > 1) beyond++;
          const acted = box.low[n] + ((Math.min(1, Math.max(-1, unit)) + 1) / 2) * (box.high[n] - box.low[n]);
          expect(actions[lane * 2 + n]).toBeCloseTo(acted, 5);
        }
      }
    }
    expect(beyond).toBeGreaterThan(50);
  });

  test("answers with its mean, clipped or squashed, in its box", () => {
    for (const squashed of [false, true]) {
      const head = actionHead(box, { squashed });
      const graphs = { means: constant([0, 0.5, 5, -5], [2, 2]), logDeviations: constant([0, 0], [1, 2]) };
      const half = squashed ? Math.tanh(0.5) : 0.5;
      const [middle, upper, most, least] = evaluate({ answer: head.answer(graphs) }).answer;
      expect([middle, upper]).toEqual([0, (half + 1) / 2].map((value) => expect.closeTo(value, 9) as number));
      expect(most).toBeCloseTo(2, 3);
      expect(least).toBeCloseTo(0, 3);
    }
  });

  test("starts with the deviation that it is told, whatever it sees", () => {
    for (const deviation of ["free", "seen"] as const) {
      const head = actionHead(box, { deviation, logDeviation: -1.5 });
      const layout = parameterLayout();
      const says = head.create(layout, "head", 3);
      const flat = constant(layout.initialise(createRng(1)));
      const { logDeviations } = evaluate(
        says(constant([1, -1, 0.5], [1, 3]), layout.unpack(flat)) as never,
      ) as never as {
        logDeviations: Float64Array;
      };
      for (const value of logDeviations) expect(value).toBeCloseTo(-1.5, 1);
    }
  });

  test("does not know how unsure it is between 0 and 1", () => {
    const into = new Float32Array(lanes * 2).fill(3);
    actionHead(box).writeUnsure({}, 1, legal, into);
    expect([...into]).toEqual([3, 3, NaN, NaN, 3, 3, 3, 3]);
  });
});

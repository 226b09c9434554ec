import fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "#base/rng.ts";
import type { ObservationSpace } from "#env/space.ts";
import { barsOfMinibatch, orderOf } from "./shuffle.ts";

const table = { values: new Float32Array(50), rows: 50, columns: 1 };
const windowed: ObservationSpace = { kind: "windowed", table, lookback: 1, size: 1 };

test("every order has each transition once, and by bars those of a bar side by side, in the order they were made", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 49 }), { minLength: 1, maxLength: 60 }),
      fc.integer(),
      (bars, seed) => {
        const rows = Float32Array.from(bars.flatMap((bar) => [bar, 7, 8]));
        for (const kind of ["transitions", "bars"] as const) {
          const reorder = orderOf(kind, windowed, rows, 3);
          const rng = createRng(seed);
          for (let epoch = 0; epoch < 2; epoch++) {
            const order = reorder(rng);
            expect(order.toSorted()).toEqual(Int32Array.from(bars, (_, n) => n));
            if (kind === "transitions") continue;
            const runs = Array.from(order).filter((n, at) => at === 0 || bars[order[at - 1]] !== bars[n]);
            expect(runs).toHaveLength(new Set(bars).size);
            order.forEach((n, at) => {
              if (at > 0 && bars[order[at - 1]] === bars[n]) expect(n).toBeGreaterThan(order[at - 1]);
            });
          }
        }
      },
    ),
  );
});

test("an order differs from the one before, and follows from the dice", () => {
  const rows = Float32Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? at % 50 : 0));
  for (const kind of ["transitions", "bars"] as const) {
    const orders = [1, 1, 2].map((seed) => {
      const reorder = orderOf(kind, windowed, rows, 2);
      const rng = createRng(seed);
      return [reorder(rng).slice(), reorder(rng).slice()];
    });
    expect(orders[0]).toEqual(orders[1]);
    expect(orders[0]).not.toEqual(orders[2]);
    expect(orders[0][0]).not.toEqual(orders[0][1]);
  }
});

test("without a table there are no bars: transitions are shuffled", () => {
  const rows = Float32Array.from({ length: 20 }, () => 1);
  const vector: ObservationSpace = { kind: "vector", size: 1 };
  const [one, other] = [orderOf("bars", vector, rows, 1), orderOf("transitions", vector, rows, 1)];
  expect(one(createRng(4))).toEqual(other(createRng(4)));
  expect(barsOfMinibatch("bars", vector, { transitions: 20, minibatch: 5 })).toBeUndefined();
});

test("expects of a minibatch its share of the bars that a rollout meets", () => {
  const sizes = { transitions: 4000, minibatch: 1000 };
  expect(barsOfMinibatch("transitions", windowed, sizes)).toBeUndefined();
  expect(barsOfMinibatch("bars", windowed, sizes)).toBeCloseTo(50 / 4 + 1, 6);
});

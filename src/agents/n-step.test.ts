import fc from "fast-check";
import { expect, test } from "vitest";
import type { StepBuffers } from "#env/env.ts";
import { stepBuffers } from "#env/vector.ts";
import type { NStep, NStepSettings } from "./n-step.ts";
import { createNStep, transitionRow } from "./n-step.ts";

const lanes = 2;
const row = transitionRow(1, 1, 3);
const fresh = (): StepBuffers => stepBuffers(lanes, { kind: "vector", size: 1 }, { kind: "discrete", sizes: [3] });

/** What happens in one step of one lane; observations and masks are told apart by the number of the step. */
interface Step {
  readonly reward: number;
  readonly end: "no" | "terminated" | "truncated";
}

const seen = (lane: number, step: number): number => 100 * lane + step;
const lastSeen = (lane: number, step: number): number => 1000 + seen(lane, step);
const mask = (step: number): number[] => [1, step % 2, 0];
const finalMask = (step: number): number[] => [0, (step + 1) % 2, 1];

/** Steps both lanes through `plays` and gives the rows that come out, by lane. */
function play(windows: NStep, plays: readonly (readonly Step[])[], from = 0, to = plays[0].length): number[][][] {
  const buffers = fresh();
  const rows: number[][][] = [[], []];
  for (let step = from; step < to; step++) {
    windows.begin(
      Float32Array.from(plays, (_, lane) => seen(lane, step)),
      Int32Array.from(plays, (_, lane) => (lane + step) % 3),
    );
    plays.forEach((steps, lane) => {
      const { reward, end } = steps[step];
      buffers.rewards[lane] = reward;
      buffers.terminated[lane] = end === "terminated" ? 1 : 0;
      buffers.truncated[lane] = end === "truncated" ? 1 : 0;
      buffers.observations[lane] = seen(lane, step + 1);
      buffers.finalObservations[lane] = lastSeen(lane, step);
      buffers.legal.set(mask(step), 3 * lane);
      buffers.finalLegal.set(finalMask(step), 3 * lane);
    });
    windows.end(buffers, (done) => rows[done[0] < 100 ? 0 : 1].push([...done]));
  }
  return rows;
}

/** The rows of a lane, each from its definition. */
function defined(steps: readonly Step[], lane: number, { steps: n, gamma, rewardScale }: NStepSettings): number[][] {
  return steps.flatMap((_, t) => {
    const after = steps.slice(t, t + n).findIndex(({ end }) => end !== "no");
    const length = after === -1 ? n : after + 1;
    if (t + length > steps.length) return [];
    const last = t + length - 1;
    const { end } = steps[last];
    const paid = steps.slice(t, t + length).reduce((sum, { reward }, k) => sum + gamma ** k * reward, 0);
    const next = end === "no" ? [seen(lane, last + 1), ...mask(last)] : [lastSeen(lane, last), ...finalMask(last)];
    const beyond = end === "terminated" ? 0 : gamma ** length;
    return [[seen(lane, t), (lane + t) % 3, rewardScale * paid, beyond, ...next]];
  });
}

const step = fc.record({
  reward: fc.integer({ min: -8, max: 8 }),
  end: fc.oneof(
    { weight: 5, arbitrary: fc.constant("no" as const) },
    { weight: 1, arbitrary: fc.constant("terminated" as const) },
    { weight: 1, arbitrary: fc.constant("truncated" as const) },
  ),
});
const twoLanes = fc
  .integer({ min: 1, max: 20 })
  .chain((length) => fc.tuple(...[0, 1].map(() => fc.array(step, { minLength: length, maxLength: length }))));

test("gives each transition its return, its discount and what came after, by definition", () => {
  fc.assert(
    fc.property(twoLanes, fc.integer({ min: 1, max: 6 }), fc.constantFrom(0, 0.5, 0.9, 1), (plays, steps, gamma) => {
      const settings = { lanes, steps, gamma, rewardScale: 10 };
      const rows = play(createNStep(row, settings), plays);
      rows.forEach((own, lane) => {
        const expected = defined(plays[lane], lane, settings);
        expect(own).toHaveLength(expected.length);
        own.forEach((found, at) => found.forEach((value, n) => expect(value).toBeCloseTo(expected[at][n], 4)));
      });
    }),
  );
});

test("of one step is the transition itself", () => {
  const steps = [
    { reward: 2, end: "no" },
    { reward: 3, end: "truncated" },
    { reward: 5, end: "terminated" },
  ] as const;
  const [rows] = play(createNStep(row, { lanes, steps: 1, gamma: 0.5, rewardScale: 1 }), [steps, steps]);
  expect(rows).toEqual([
    [0, 0, 2, 0.5, 1, 1, 0, 0],
    [1, 1, 3, 0.5, 1001, 0, 0, 1],
    [2, 2, 5, 0, 1002, 0, 1, 1],
  ]);
});

test("goes on from a snapshot in the middle of its windows", () => {
  const settings = { lanes, steps: 4, gamma: 0.9, rewardScale: 1 };
  const plays = [0, 1].map((lane) =>
    Array.from({ length: 12 }, (_, t): Step => ({ reward: t + lane, end: t === 8 - lane ? "truncated" : "no" })),
  );
  const whole = createNStep(row, settings);
  const first = play(whole, plays, 0, 6);
  const other = createNStep(row, settings);
  play(other, plays, 3, 5);
  other.restore(structuredClone(whole.snapshot()));
  const rest = play(whole, plays, 6, 12);
  expect(play(other, plays, 6, 12)).toEqual(rest);
  expect(first[0].length + rest[0].length).toBe(12 - 3);
});

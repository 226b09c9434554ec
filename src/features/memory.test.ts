/** @file A state is a copy of all that is remembered, and goes back only where it came from. */
import { expect, test } from "vitest";
import { delayed } from "./delayed.ts";
import { remembering, restoreState, stateOf } from "./memory.ts";

test("takes and puts back copies, part by part", () => {
  const [own, window] = [Float64Array.of(1, 2), delayed(2)];
  const counter = remembering([own, window], () => ++own[0]);
  const state = stateOf(counter);
  expect([...state]).toEqual([1, 2, NaN, NaN, 0]);
  expect(counter()).toBe(2);
  expect(state[0]).toBe(1);
  restoreState(counter, state);
  state[0] = 99;
  expect(counter()).toBe(2);
});

test("refuses a state of another length", () => {
  expect(() => restoreState({ memory: [new Float64Array(3)] }, new Float64Array(2))).toThrow(/length=3, found=2/);
});

import { expect, test } from "vitest";
import { growingColumn } from "./growing-column.ts";

test.each([0, 1, 65_535, 65_536, 65_537, 200_000])("gives back %i values in their order, and starts anew", (length) => {
  const column = growingColumn();
  for (let at = 0; at < length; at++) column.push(at / 3);
  expect(column.length()).toBe(length);
  const whole = column.finish();
  expect(whole.length).toBe(length);
  expect(whole.every((value, at) => value === at / 3)).toBe(true);
  expect(column.length()).toBe(0);
});

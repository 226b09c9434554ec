import { expect, test } from "vitest";
import { named, part } from "./snapshot.ts";

test("parts come out of a snapshot as they went in, copied, also within each other", () => {
  const inner = { values: Float32Array.of(1, 2), "a.b": Int32Array.of(3) };
  const whole = { ...named("outer", named("inner", inner)), ...named("other", { values: Uint8Array.of(9) }) };
  inner.values[0] = 7;
  expect(part("inner", part("outer", whole))).toEqual({ values: Float32Array.of(1, 2), "a.b": Int32Array.of(3) });
  expect(part("other", whole)).toEqual({ values: Uint8Array.of(9) });
  expect(part("out", whole)).toEqual({});
});

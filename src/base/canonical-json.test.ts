import { expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

test("equal values have equal texts, however their keys are ordered, and lists keep their order", () => {
  const text = canonicalJson({ b: [2, { y: 1, x: undefined }, 1], a: { d: -0, c: "c" } });
  expect(text).toBe('{"a":{"c":"c","d":0},"b":[2,{"y":1},1]}');
  expect(canonicalJson({ a: { c: "c", d: 0 }, b: [2, { y: 1 }, 1] })).toBe(text);
  expect(canonicalJson({ b: [1, { y: 1 }, 2], a: { c: "c", d: 0 } })).not.toBe(text);
});

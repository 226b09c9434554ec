import { expect, test } from "vitest";
import { Failure } from "./failure.ts";
import { invariant, InvariantBroken } from "./invariant.ts";

test("lets pass what holds, and narrows its type", () => {
  const value = [1, undefined][0];
  invariant(value !== undefined, "there is a value");
  const narrowed: number = value;
  expect(narrowed).toBe(1);
});

test("throws the broken promise with the facts that led to it", () => {
  const broken = (): void => invariant(false, "bars are in time order", { at: 3, symbol: "A" });
  expect(broken).toThrow(new InvariantBroken("bars are in time order", { at: 3, symbol: "A" }));
  expect(broken).toThrow("Invariant: bars are in time order (at=3, symbol=A)");
  expect(() => invariant(false, "the sky holds")).toThrow(/^Invariant: the sky holds$/);
});

test("is no failure of the world, so that nobody mistakes a bug for one", () => {
  const broken = new InvariantBroken("x", { at: 1 });
  expect(broken).not.toBeInstanceOf(Failure);
  expect(broken.facts).toEqual({ at: 1 });
  expect(broken.name).toBe("InvariantBroken");
});

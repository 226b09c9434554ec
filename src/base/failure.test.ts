import { expect, test } from "vitest";
import { Failure, failureKinds } from "./failure.ts";
import type { FailureCode } from "./failure.ts";

test("says the rule, what was found, and what to do", () => {
  const { rule, hint } = failureKinds["data/out-of-order"];
  const failure = new Failure("data/out-of-order", "bar 1042 opens before bar 1041", { file: "a.csv", bar: 1042 });
  expect(failure.message).toBe(`${rule}; bar 1042 opens before bar 1041. ${hint}`);
  expect(failure).toBeInstanceOf(Error);
  expect(failure.name).toBe("Failure");
  expect(failure.code).toBe("data/out-of-order");
  expect(failure.facts).toEqual({ file: "a.csv", bar: 1042 });
  expect("cause" in failure).toBe(false);
});

test("keeps its cause apart from the facts", () => {
  const cause = new Error("ENOSPC");
  const failure = new Failure("storage/write-failed", "the disk is full", { cause, file: "a" });
  expect(failure.cause).toBe(cause);
  expect(failure.facts).toEqual({ file: "a" });
});

test("says of each code whether the same call may succeed later", () => {
  for (const code of Object.keys(failureKinds) as FailureCode[]) {
    expect(new Failure(code, "x").retryable).toBe(failureKinds[code].retryable);
  }
});

test.each(Object.entries(failureKinds))("%s is written as one message", (code, { rule, hint }) => {
  expect(code).toMatch(/^[a-z]+\/[a-z-]+$/);
  expect(rule, "a sentence without its stop").toMatch(/^[A-Z].*[^.!?]$/);
  expect(hint, "a sentence with its stop").toMatch(/^[A-Z].*\.$/);
});

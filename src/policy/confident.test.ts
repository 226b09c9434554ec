import { expect, test } from "vitest";
import { confident } from "./confident.ts";
import type { Decision, Observation, Policy } from "./policy.ts";

const nothing: Observation = { bars: [], market: new Float32Array(0), account: new Float32Array(0) };
const says = (decision: Decision): Policy => ({ name: "says", act: () => decision });

test("holds where it is not sure enough, and never holds back what protects", async () => {
  const decision = { signals: ["BUY", "SELL", "CLOSE", "SPLIT", "ADD"], confidence: [0.6, 0.5, 0.1, 0.1, 0.2] };
  const { signals } = (await confident(says(decision), 0.55).act(nothing)) as { signals: string[] };
  expect(signals).toEqual(["BUY", "HOLD", "CLOSE", "SPLIT", "HOLD"]);
});

test("opens nothing where a policy does not say how sure it is", async () => {
  const quiet = confident(says({ signals: ["BUY", "CLOSE"] }), 0);
  expect(await quiet.act(nothing)).toMatchObject({ signals: ["HOLD", "CLOSE"] });
});

test("asks signals only, and a share", async () => {
  await expect(confident(says({ weights: [1] }), 0.5).act(nothing)).rejects.toThrow("asked of signals");
  expect(() => confident(says({ weights: [1] }), 50)).toThrow("a share");
});

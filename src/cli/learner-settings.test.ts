/** @file What is asked for is one learner, and nothing of it is left undone. */
import { expect, test } from "vitest";
import { againstOption, learnerOf } from "./learner-settings.ts";

test("is an agent that learns by trial unless trees are asked for, by name or by a setting of theirs", () => {
  expect(learnerOf({ seed: 3, agent: "dqn" })).toMatchObject({ settings: { agent: "dqn", seed: 3 } });
  expect(learnerOf({ seed: 3 })).not.toHaveProperty("boosting");
  expect(learnerOf({ agent: "boosting", seed: 3 })).toMatchObject({
    settings: { seed: 3 },
    boosting: { agreeWithRule: false, rounds: 500 },
  });
  expect(learnerOf({ agent: "rule-and-boosting" }).boosting?.agreeWithRule).toBe(true);
  expect(learnerOf({ boosting: { rounds: 7, label: { horizonBars: 5 } } }).boosting).toMatchObject({
    rounds: 7,
    label: { kind: "triple-barrier", horizonBars: 5 },
  });
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ["trees of another agent", { agent: "ppo", boosting: {} }, /boosting: settings of another agent than "ppo"/],
  ["steps of trees", { agent: "boosting", transitions: 5 }, /transitions: is no setting of boosted trees/],
  ["a device of trees", { agent: "boosting", device: "webgpu" }, /device: is no setting of boosted trees/],
  ["a rule that is left out", { agent: "rule-and-boosting", boosting: { agreeWithRule: false } }, /must be true/],
  ["a setting that is none", { boosting: { depth: 3 } }, /boosting: .*depth/],
  ["no record", { boosting: 5 }, /boosting: must be an object/],
  ["a wrong label", { boosting: { label: { horizonBars: -1 } } }, /boosting\.label\.horizonBars/],
])("refuses %s", (_, typed, message) => {
  expect(() => learnerOf(typed)).toThrow(message);
});

test("baselines that are trained are named with commas, and no others are known", () => {
  const parse = (text: string): unknown => againstOption().parseArg?.(text, undefined);
  expect(parse("rule-and-boosting,boosting")).toEqual(["boosting", "rule-and-boosting"]);
  expect(() => parse("boosting,trees")).toThrow(/Allowed are boosting, rule-and-boosting/);
});

import { expect, test } from "vitest";
import { legacyPlan } from "#market/plans/legacy.ts";
import { experiment, requireLevels } from "./experiment.ts";

test("acts on levels where nothing else is said, and sizes signals by equity", () => {
  const { actions, plan, bracket } = experiment({});
  expect(actions).toBe("levels");
  expect(plan).toEqual({ sizing: { kind: "equityFraction", fraction: 1 } });
  expect(bracket).toEqual({ stopsAtr: [1, 2], targetsAtr: [1.5, 3] });
});

test("fills a part of a plan with what the inventory says of it", () => {
  const { plan } = experiment({
    plan: { stopAtr: 2, petitPoucet: {}, trailingStop: {}, giveBack: {}, breakEven: {}, hedging: {} },
  });
  expect(plan).toMatchObject({
    petitPoucet: { unit: "R", adds: [1, 2], automatic: false, riskCapped: true },
    trailingStop: { activation: 1, activationUnit: "R", distanceAtr: 2, step: 0.25, stepUnit: "atr" },
    giveBack: { limitR: 0.5 },
    hedging: { mode: "reduce", enter: 0.7, exit: 0.5, bars: 3 },
  });
});

test("knows the documents' plan by its name, and reads back what it wrote", () => {
  const { plan } = experiment({ plan: "legacy" });
  expect(plan).toEqual(legacyPlan);
  expect(experiment(JSON.parse(JSON.stringify({ plan }))).plan).toEqual(plan);
});

test.each([
  [{ actions: "gemini-7" }, "actions"],
  [{ actions: "weights" }, "actions: weights are real numbers, and ppo learns to choose"],
  [{ plan: { petitPoucet: { unit: "euro" } } }, "plan.petitPoucet.unit"],
  [{ plan: { petitPoucet: { speed: 1 } } }, "plan.petitPoucet"],
  [{ plan: "other" }, "plan"],
])("refuses %j and names the setting", (settings, message) => {
  expect(() => experiment(settings)).toThrow(message);
});

test("says that the trader cannot act on signals yet", () => {
  expect(() => requireLevels("gemini-6")).toThrow("actions: the trader cannot act on gemini-6 yet");
  requireLevels("levels");
});

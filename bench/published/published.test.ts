import { expect, test } from "vitest";
import { splitByDate } from "#data/split.ts";
import { dayOf } from "#domain/day.ts";
import { experiment } from "#training/experiment.ts";
import { needs } from "../../test/requirements.ts";
import { dow30 } from "./dow30.ts";
import { eurusd } from "./eurusd.ts";

test.each([dow30, eurusd])("the agents of $name are sound experiments", ({ agents }) => {
  for (const [name, input] of Object.entries(agents)) expect(experiment(input).agent, name).toMatch(/ppo|sac/);
});

test.skipIf(!needs.sharedData())("what follows from the Dow's bars alone is what was published", async () => {
  const references = await dow30.references();
  expect(references.length).toBe(3);
  for (const { name, published, measured, tolerance } of references) {
    expect(Math.abs(measured - published), `${name}: ${measured} for ${published}`).toBeLessThanOrEqual(tolerance);
  }
});

test.skipIf(!needs.sharedData()).each([
  { protocol: dow30, first: "2020-07-01", last: "2021-10-29", instruments: 29 },
  { protocol: eurusd, first: "2024-04-01", last: "2024-12-31", instruments: 1 },
])("$protocol.name is traded on its own days", async ({ protocol, first, last, instruments }) => {
  const { openTime, instruments: traded } = await protocol.universe();
  const { train, validation, test: tested } = splitByDate(openTime, protocol.split, protocol.borders);
  expect(traded.length).toBe(instruments);
  expect(dayOf(openTime[tested.from])).toBe(first);
  expect(dayOf(openTime[tested.to - 1])).toBe(last);
  expect(train.to).toBeLessThan(validation.from);
  expect(validation.to).toBeLessThan(tested.from);
});

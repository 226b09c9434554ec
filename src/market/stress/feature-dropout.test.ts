import { expect, test } from "vitest";
import { oneEvent, stressContract } from "../stress.contract.ts";
import { stressedTable } from "../stress.ts";

stressContract("feature-dropout");

const columns = 10;
const table = { values: Float32Array.from({ length: 40 * columns }, (_, at) => at), columns };

test("makes features as old as the bar before for as long as it lasts, and changes no price and no fill", () => {
  const { market, calm, universe, events } = oneEvent("feature-dropout", { severity: [1, 1], bars: [2, 2] });
  expect(market.quotes.close).toEqual(calm.quotes.close);
  const { values } = stressedTable(table, universe, events, 1);
  const row = (t: number, of = values): number[] => [...of.subarray(t * columns, (t + 1) * columns)];
  expect(row(20)).toEqual(row(19, table.values));
  expect(row(21)).toEqual(row(19, table.values));
  expect(row(22)).toEqual(row(22, table.values));
  expect(table.values[200], "the table that was given is left alone").toBe(200);
});

test("hits about as many of the features as its severity says", () => {
  const { universe, events } = oneEvent("feature-dropout", { severity: [0.5, 0.5], bars: [1, 1] });
  const wide = { values: Float32Array.from({ length: 40 * 1000 }, (_, at) => at), columns: 1000 };
  const { values } = stressedTable(wide, universe, events, 1);
  const stale = values.filter((value, at) => value !== wide.values[at]).length;
  expect(stale).toBeGreaterThan(420);
  expect(stale).toBeLessThan(580);
});

test("gives the table itself where nothing drops out", () => {
  const { universe, events } = oneEvent("noise", {});
  expect(stressedTable(table, universe, events, 1)).toBe(table);
});

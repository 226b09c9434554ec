import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readActionsFile } from "./actions-file.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-actions-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(...lines: readonly string[]) {
  const path = join(folder, "actions.csv");
  writeFileSync(path, lines.join("\n"));
  return readActionsFile(path, ["AAPL", "MSFT"]);
}

const header = "symbol,date,split,dividend";

test("reads splits and dividends in the order of their days", async () => {
  // Apple, 2020: four for one on 2020-08-31, 82 cents on 2020-08-07 (its investor relations).
  expect(await read(header, "AAPL,2020-08-31,4,", "AAPL,2020-08-07,,0.82", "MSFT,2020-08-19,,0.51", "")).toEqual([
    { symbol: "AAPL", date: "2020-08-07", dividend: 0.82 },
    { symbol: "MSFT", date: "2020-08-19", dividend: 0.51 },
    { symbol: "AAPL", date: "2020-08-31", split: 4 },
  ]);
});

test.each([
  ["symbol,day,split", "AAPL,2020-08-31,4", /line 1 of .* is "symbol,day,split"/],
  [header, "AAPL,2020-08-31,4", /line 2 of .* has 3 fields and not 4/],
  [header, "TSLA,2020-08-31,5,", /line 2 of .* names TSLA, and the market holds AAPL, MSFT/],
  [header, "AAPL,31.08.2020,4,", /names the day "31.08.2020"/],
  [header, "AAPL,2020-02-30,4,", /names the day "2020-02-30"/],
  [header, "AAPL,2020-08-31,4:1,", /has "4:1" where a number belongs/],
  [header, "AAPL,2020-08-31,0,", /has "0" where a number belongs/],
  [header, "AAPL,2020-08-31,,-1", /has "-1" where a number belongs/],
  [header, "AAPL,2020-08-31,,", /holds neither a split nor a dividend/],
])("refuses %s / %s with the line", async (first, second, message) => {
  await expect(read(first, second)).rejects.toThrow(message);
});

test("refuses a file that is not there", async () => {
  await expect(readActionsFile(join(folder, "none.csv"), [])).rejects.toThrow(/none.csv cannot be read/);
});

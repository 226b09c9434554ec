import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { needs, sharedData } from "../../../test/requirements.ts";
import { readBarsFile } from "../bars-file.ts";
import { timeZone } from "#domain/time-zone.ts";
import type { Mt5Options } from "./mt5.ts";
import { readMt5File } from "./mt5.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-mt5-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hourMs = 3_600_000;

function written(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\r\n")}\r\n`);
  return path;
}

const isoTimes = ({ openTime }: { openTime: Float64Array }): string[] =>
  Array.from(openTime, (time) => new Date(time).toISOString().slice(0, 16));

const tabbed = [
  "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>",
  "2024.03.08\t22:00:00\t1.0939\t1.0945\t1.0930\t1.0941\t1200\t0\t2",
  "2024.03.08\t23:00:00\t1.0941\t1.0944\t1.0935\t1.0938\t900\t0\t3",
  "2024.03.11\t00:00:00\t1.0937\t1.0950\t1.0936\t1.0949\t1500\t0\t2",
  "2024.03.11\t01:00:00\t1.0949\t1.0951\t1.0940\t1.0942\t1100\t0\t2",
];

test("reads names in brackets and tabs, and moves the clock with New York's summer time", async () => {
  const file = await readMt5File(written("EURUSD_H1_202403080000_202403110100.csv", tabbed));
  expect(isoTimes(file.bars)).toEqual(["2024-03-08T20:00", "2024-03-08T21:00", "2024-03-10T21:00", "2024-03-10T22:00"]);
  expect([...file.bars.volume]).toEqual([1200, 900, 1500, 1100]);
  expect(file).toMatchObject({ symbol: "EURUSD", timeframe: "1h", calendar: "fx" });
  expect(file.notes).toContain("Volume is the column <TICKVOL>.");
});

test.each<[options: Mt5Options, monday: string]>([
  [{}, "2024-03-10T21:00"],
  [{ serverTime: "american" }, "2024-03-10T21:00"],
  [{ serverTime: "european" }, "2024-03-10T22:00"],
  [{ serverTime: "utc" }, "2024-03-11T00:00"],
  [{ serverTime: "Europe/London" }, "2024-03-11T00:00"],
  [{ serverTime: "Asia/Tokyo" }, "2024-03-10T15:00"],
])("reads the server's midnight by the rule %o", async (options, monday) => {
  const file = await readMt5File(written("rules.csv", tabbed), options);
  expect(isoTimes(file.bars)[2]).toBe(monday);
});

test("is asked for by whoever reads an export without naming a clock", async () => {
  const path = written("plain.csv", tabbed);
  const note = /MetaTrader export.*name its clock with --server-time/;
  expect((await readBarsFile(path)).notes.join()).toMatch(note);
  expect((await readBarsFile(path, { timeZone: "UTC" })).notes.join()).not.toMatch(note);
  expect((await readMt5File(path)).notes.join()).not.toMatch(note);
});

test("leaves days alone: a day's name does not depend on a clock", async () => {
  const days = [
    "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>",
    "2024.03.08\t1\t2\t1\t2\t9",
    "2024.03.11\t2\t3\t2\t3\t9",
    "2024.03.12\t2\t3\t2\t3\t9",
    "2024.03.13\t2\t3\t2\t3\t9",
  ];
  const file = await readMt5File(written("GOLD_Daily.csv", days));
  expect(isoTimes(file.bars)).toEqual(["2024-03-08T00:00", "2024-03-11T00:00", "2024-03-12T00:00", "2024-03-13T00:00"]);
  expect(file.timeframe).toBe("1d");
});

test("refuses a rule that is none", async () => {
  await expect(readMt5File(written("none.csv", tabbed), { serverTime: "broker" })).rejects.toMatchObject({
    code: "cli/bad-option",
  });
});

/** Two years of two-hour weeks that open at 17:00 on Sundays in New York, as a server of the given zone writes them. */
function weeks(zoneName: string): string[] {
  const [zone, newYork] = [timeZone(zoneName), timeZone("America/New_York")];
  const rows = Array.from({ length: 104 }, (_, week) => {
    const local = Date.UTC(2022, 0, 2 + 7 * week, 17);
    const open = local - newYork.offsetMs(local);
    return [0, 1].map((hour) => {
      const time = open + hour * hourMs;
      return `${new Date(time + zone.offsetMs(time)).toISOString().slice(0, 16).replace("T", " ")},1,1,1,1,5`;
    });
  });
  return ["time,open,high,low,close,volume", ...rows.flat()];
}

test("says when another rule fits the weeks of the file better than the one it was read with", async () => {
  const path = written("EURUSD_weeks.csv", weeks("Europe/Athens"));
  // Six of them lie between the American and the European dates: two in each March, one in each October.
  const notesOf = async (serverTime: string): Promise<string> =>
    (await readMt5File(path, { serverTime })).notes.at(-1)!;
  expect(await notesOf("european")).toBe(
    "Read with the server time european, 100.0 % of 103 weeks open at 17:00 in New York.",
  );
  expect(await notesOf("american")).toMatch(
    /american, 94\.2 % of 103 weeks.*with the server time european it would be 100\.0 %/,
  );
  expect(await notesOf("utc")).toMatch(
    /with the server time european it would be 100\.0 %\. Find out which one is right\.$/,
  );
});

test.skipIf(!needs.sharedData()).each([
  ["mt5/EURUSD_M30.csv.gz", "17:00", 142],
  ["mt5/XAUUSD_H1.csv.gz", "18:00", 156],
])(
  "opens every week of %s at %s in New York by the American rule, and not by the European one",
  async (name, at, count) => {
    const path = join(sharedData, name);
    const american = await readMt5File(path);
    expect(american.notes.at(-1)).toBe(
      `Read with the server time american, 100.0 % of ${count} weeks open at ${at} in New York.`,
    );
    expect(american.bars).toEqual((await readBarsFile(path, { timeZone: "America/New_York+7" })).bars);
    const european = await readMt5File(path, { serverTime: "european" });
    expect(european.notes.at(-1)).toMatch(/with the server time american it would be 100\.0 %/);
  },
);

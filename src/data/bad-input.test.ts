import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { Failure, failureKinds } from "#base/failure.ts";
import type { FailureCode } from "#base/failure.ts";
import type { BarsFileOptions } from "./bars-file.ts";
import { readBarsFile } from "./bars-file.ts";

const folder = mkdtempSync(join(tmpdir(), "ploutos-bad-input-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header = "date,open,high,low,close,volume";
const good = ["2020-01-02,10,11,9,10.5,100", "2020-01-03,10.5,12,10,11,200", "2020-01-06,11,12,10,11.5,300"];
const lines = (...rows: string[]): string => `${rows.join("\n")}\n`;

interface BadInput {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly code: FailureCode;
  /** Line that the message must name; absent where the whole file is at fault. */
  readonly line?: number;
  /** What must be said besides. */
  readonly says?: string;
  readonly options?: BarsFileOptions;
}

const randomBytes = Uint8Array.from({ length: 600 }, (_, at) => (at * 197 + (at >> 3) * 31) % 256);

const table: readonly BadInput[] = [
  { name: "an empty file", content: "", code: "data/empty-file" },
  { name: "a file of blank lines", content: "\n \n\n", code: "data/empty-file" },
  { name: "a header without rows", content: lines(header), code: "data/empty-file", says: "line 1" },
  { name: "no header", content: lines(...good), code: "data/no-header", line: 1 },
  {
    name: "a missing column",
    content: lines("date,open,high,close", "2020-01-02,1,2,1"),
    code: "data/missing-column",
    line: 1,
    says: "no column for low",
  },
  {
    name: "a named column that is not there",
    content: lines(header, ...good),
    code: "data/missing-column",
    line: 1,
    says: "close (named Last)",
    options: { columns: "close=Last" },
  },
  {
    name: "letters in a price",
    content: lines(header, good[0], "2020-01-03,10.5,12,ten,11,200", good[2]),
    code: "data/bad-number",
    line: 3,
    says: '"ten" in column low',
  },
  {
    name: "an empty price",
    content: lines(header, good[0], "2020-01-03,,12,10,11,200", good[2]),
    code: "data/bad-number",
    line: 3,
    says: '"" in column open',
  },
  {
    name: "NaN in a price",
    content: lines(header, good[0], "2020-01-03,NaN,12,10,11,200"),
    code: "data/bad-number",
    line: 3,
  },
  {
    name: "a hexadecimal price",
    content: lines(header, "2020-01-02,0x10,20,9,10,1"),
    code: "data/bad-number",
    line: 2,
  },
  {
    name: "a volume with thousands separators",
    content: lines(header, '2020-01-02,10,11,9,10.5,"1,000"'),
    code: "data/bad-number",
    line: 2,
    says: "1,000",
  },
  {
    name: "a row that was cut off",
    content: lines(header, good[0], "2020-01-03,10.5,12"),
    code: "data/ragged-row",
    line: 3,
    says: "3 fields",
  },
  {
    name: "a date that cannot be read",
    content: lines(header, good[0], "yesterday,10.5,12,10,11,200"),
    code: "data/bad-time",
    line: 3,
    says: '"yesterday"',
  },
  {
    name: "a date that no calendar has",
    content: lines(header, good[0], "2020-02-30,10.5,12,10,11,200"),
    code: "data/bad-time",
    line: 3,
  },
  {
    name: "an hour that no day has",
    content: lines(header, "2020-01-02 25:00,10,11,9,10.5,100"),
    code: "data/bad-time",
    line: 2,
  },
  {
    name: "day and month that nothing tells apart",
    content: lines(header, "01/02/2020,10,11,9,10.5,100", "02/02/2020,10,11,9,10.5,100"),
    code: "data/bad-time",
    line: 2,
    says: "YYYY-MM-DD",
  },
  {
    name: "day and month that change places",
    content: lines(header, "13/02/2020,10,11,9,10.5,100", "02/14/2020,10,11,9,10.5,100"),
    code: "data/bad-time",
    line: 3,
  },
  {
    name: "two ways to write times",
    content: lines(header, good[0], "1578268800,10.5,12,10,11,200"),
    code: "data/bad-time",
    line: 3,
  },
  {
    name: "a local time that the clocks skipped",
    content: lines(header, "2020-03-08 01:30,10,11,9,10.5,1", "2020-03-08 02:30,10,11,9,10.5,1"),
    code: "data/bad-time",
    line: 3,
    says: "America/New_York",
    options: { timeZone: "America/New_York" },
  },
  {
    name: "rows out of order",
    content: lines(header, good[0], good[2], good[1], "2020-01-07,11,12,10,11.5,300"),
    code: "data/out-of-order",
    line: 4,
    says: "on line 3",
  },
  {
    name: "duplicates with different prices",
    content: lines(header, good[0], good[1], good[1].replace("11,200", "11.25,200"), good[2]),
    code: "data/duplicate-bar",
    line: 4,
    says: "line 3",
  },
  {
    name: "a negative price",
    content: lines(header, good[0], "2020-01-03,-10.5,12,-11,11,200"),
    code: "data/bad-price",
    line: 3,
    says: "open -10.5",
  },
  {
    name: "a zero price",
    content: lines(header, good[0], "2020-01-03,10.5,12,0,11,200"),
    code: "data/bad-price",
    line: 3,
    says: "low 0",
  },
  {
    name: "a high below the close",
    content: lines(header, good[0], "2020-01-03,10.5,10.8,10,11,200"),
    code: "data/broken-bar",
    line: 3,
    says: "high 10.8",
  },
  {
    name: "bars of no timeframe",
    content: lines("time,open,high,low,close", ...[0, 1, 2, 3].map((at) => `${1_500_000_000 + at * 420},1,1,1,1`)),
    code: "data/unknown-timeframe",
    says: "7 minutes",
  },
  { name: "a single bar", content: lines(header, good[0]), code: "data/unknown-timeframe", says: "one bar" },
  {
    name: "a gzip file that was cut off",
    content: gzipSync(lines(header, ...good)).subarray(0, 60),
    code: "data/unreadable-file",
    says: "cut off",
  },
  { name: "binary data", content: randomBytes, code: "data/unreadable-file", says: "not UTF-8" },
  {
    name: "text that is not UTF-8",
    content: Buffer.from(lines(header, "2020-01-02,10,11,9,10.5,\u00e9"), "latin1"),
    code: "data/unreadable-file",
  },
  { name: "words", content: "Dear reader,\nthis is a letter.\n", code: "data/missing-column", line: 1 },
  {
    name: "a column option that names nothing of ours",
    content: lines(header, ...good),
    code: "cli/bad-option",
    says: "last=Close",
    options: { columns: "last=Close" },
  },
  {
    name: "a zone that does not exist",
    content: lines(header, ...good),
    code: "cli/bad-option",
    says: "Mars/Olympus",
    options: { timeZone: "Mars/Olympus" },
  },
];

async function failureOf(path: string, options?: BarsFileOptions): Promise<Failure> {
  const answer = await readBarsFile(path, options).catch((error: unknown) => error);
  if (answer instanceof Failure) return answer;
  throw new Error(`expected a Failure, found ${String(answer)}`);
}

function expectFailure(failure: Failure, path: string, { code, line, says }: Omit<BadInput, "name" | "content">): void {
  expect(failure.code).toBe(code);
  expect(failure.message, "the rule").toContain(failureKinds[code].rule);
  expect(failure.message, "what to do").toContain(failureKinds[code].hint);
  if (code !== "cli/bad-option") expect(failure.message, "the file").toContain(path);
  if (line !== undefined) expect(failure.message, "the line").toContain(`${path}:${line} `);
  if (says !== undefined) expect(failure.message, "what was found").toContain(says);
}

test.each(table)("answers $name with one message that says file, line, rule and remedy", async (bad) => {
  const path = join(folder, `${bad.name.replaceAll(/\W+/g, "-")}.csv`);
  writeFileSync(path, bad.content);
  expectFailure(await failureOf(path, bad.options), path, bad);
});

test("names the line below the comment that a file starts with", async () => {
  const path = join(folder, "comment.csv");
  writeFileSync(path, lines("# made by hand, from memory", header, good[0], "2020-01-03,1,2,x,1,1"));
  expectFailure(await failureOf(path), path, { code: "data/bad-number", line: 4 });
});

test("names the same line whether lines end in LF or CRLF, plain or packed", async () => {
  const text = lines(header, good[0], "2020-01-03,10.5,12,ten,11,200").replaceAll("\n", "\r\n");
  const path = join(folder, "crlf.csv.gz");
  writeFileSync(path, gzipSync(text));
  expectFailure(await failureOf(path), path, { code: "data/bad-number", line: 3 });
});

test("answers a file that is not there, and a folder, as unreadable", async () => {
  const absent = join(folder, "absent.csv");
  expectFailure(await failureOf(absent), absent, { code: "data/unreadable-file", says: "does not exist" });
  const directory = join(folder, "directory.csv");
  mkdirSync(directory);
  expectFailure(await failureOf(directory), directory, { code: "data/unreadable-file", says: "is a folder" });
});

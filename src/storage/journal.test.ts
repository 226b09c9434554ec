import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { JournalEntry } from "#domain/journal.ts";
import { orderId } from "#domain/order.ts";
import { openJournal } from "./journal.ts";

const root = mkdtempSync(join(tmpdir(), "ploutos-journal-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let files = 0;
const newPath = (): string => join(root, `${files++}.sqlite`);

/** Records as object literals are made, since strict equality looks at the prototype too. */
const plain = { noNullPrototype: true } as const;
const number = fc.double();
const text = fc.string();
/** Of hedging accounts alone: entries without one are read as they always were. */
const leg = fc.constantFrom("long" as const, "short" as const);
const order = fc.record(
  {
    id: fc.tuple(text, fc.integer()).map(([symbol, at]) => orderId(symbol, at)),
    symbol: text,
    leg,
    side: fc.constantFrom("buy" as const, "sell" as const),
    units: number,
    decisionPrice: number,
    decidedAt: fc.integer(),
    pricing: fc.oneof(
      fc.record({ kind: fc.constant("limit" as const), limit: number }, plain),
      fc.record({ kind: fc.constant("stop" as const), stop: number }, plain),
      fc.record({ kind: fc.constant("stop-limit" as const), stop: number, limit: number }, plain),
      fc.record({ kind: fc.constant("trailing-stop" as const), trail: number }, plain),
    ),
    timeInForce: fc.constantFrom("day" as const, "gtc" as const),
    reduceOnly: fc.constant(true as const),
    ocoGroup: text,
    bracket: fc.record({ stop: number, target: number }, { ...plain, requiredKeys: [] }),
  },
  { ...plain, requiredKeys: ["id", "symbol", "side", "units", "decisionPrice", "decidedAt"] },
);
const fill = fc.record(
  {
    orderId: order.map(({ id }) => id),
    symbol: text,
    leg,
    side: fc.constantFrom("buy" as const, "sell" as const),
    units: number,
    price: number,
    referencePrice: number,
    fee: number,
    filledAt: fc.integer(),
    rate: number,
  },
  { ...plain, requiredKeys: ["orderId", "symbol", "side", "units", "price", "referencePrice", "fee", "filledAt"] },
);
const denial = fc.record({ code: text, limit: number, found: number, what: text }, plain);
const at = fc.integer({ min: 0, max: 4e12 });

const entry: fc.Arbitrary<JournalEntry> = fc.oneof(
  fc.record(
    { kind: fc.constant("decision" as const), at, weights: fc.option(fc.array(number), { nil: undefined }) },
    plain,
  ),
  fc.record({ kind: fc.constant("signals" as const), at, signals: fc.array(text), memory: fc.array(number) }, plain),
  fc.record({ kind: fc.constant("cancel" as const), at, orderId: order.map(({ id }) => id) }, plain),
  fc.record({ kind: fc.constant("intent" as const), at, order }, plain),
  fc.record({ kind: fc.constant("denied" as const), at, order, denials: fc.array(denial) }, plain),
  fc.record({ kind: fc.constant("fill" as const), at, fill }, plain),
  fc.record({ kind: fc.constant("rejected" as const), at, orderId: order.map(({ id }) => id), reason: text }, plain),
  fc.record({ kind: fc.constant("equity" as const), at, equity: number }, plain),
);

test("gives back every entry, in order and to the bit, also after it was closed", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
      const path = newPath();
      const journal = openJournal(path);
      for (const one of entries) journal.record(one);
      expect(journal.entries()).toStrictEqual(entries);
      journal.close();
      const again = openJournal(path);
      expect(again.entries()).toStrictEqual(entries);
      again.close();
    }),
    { numRuns: 100 },
  );
});

const equity = (value: number): JournalEntry => ({ kind: "equity", at: 1, equity: value });

test("tells a decision that wants no change from one that wants nothing held", () => {
  const journal = openJournal(newPath());
  const decisions: JournalEntry[] = [
    { kind: "decision", at: 1, weights: undefined },
    { kind: "decision", at: 2, weights: [] },
    { kind: "decision", at: 3, weights: [0, -0.5] },
  ];
  for (const decision of decisions) journal.record(decision);
  expect(journal.entries()).toStrictEqual(decisions);
  journal.close();
});

test("keeps the numbers that JSON cannot say", () => {
  const journal = openJournal(newPath());
  const values = [-0, 0, NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, 0.1 + 0.2];
  for (const value of values) journal.record(equity(value));
  const read = journal.entries().map((one) => (one.kind === "equity" ? one.equity : undefined));
  values.forEach((value, index) => expect(Object.is(read[index], value), String(value)).toBe(true));
  journal.close();
});

test("goes on where it stopped", () => {
  const path = newPath();
  for (const value of [1, 2, 3]) {
    const journal = openJournal(path);
    journal.record(equity(value));
    journal.close();
  }
  const journal = openJournal(path);
  expect(journal.entries()).toEqual([equity(1), equity(2), equity(3)]);
  journal.close();
});

test("writes ahead of its file, so that a reader never waits", () => {
  const path = newPath();
  const journal = openJournal(path);
  const database = new DatabaseSync(path);
  expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  database.close();
  journal.close();
});

test("lets nobody change or remove an entry", () => {
  const path = newPath();
  const journal = openJournal(path);
  journal.record(equity(1));
  const database = new DatabaseSync(path);
  expect(() => database.exec("DELETE FROM entry")).toThrow(/append-only/);
  expect(() => database.exec("UPDATE entry SET at = 2")).toThrow(/append-only/);
  expect(() => database.exec("INSERT INTO entry (at, kind, body) VALUES ('soon', 'equity', '{}')")).toThrow();
  database.close();
  expect(journal.entries()).toEqual([equity(1)]);
  journal.close();
});

test("still has an entry when the process is killed right after it", async () => {
  const path = newPath();
  const program = `
    import { openJournal } from ${JSON.stringify(new URL("./journal.ts", import.meta.url))};
    const journal = openJournal(${JSON.stringify(path)});
    for (let value = 1; value <= 20; value++) journal.record({ kind: "equity", at: value, equity: value / 3 });
    console.log("recorded");
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program]);
  const signal = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, killedBy) => resolve(killedBy ?? `code ${code}`));
    child.stdout.once("data", () => child.kill("SIGKILL"));
  });
  expect(signal).toBe("SIGKILL");
  const journal = openJournal(path);
  expect(journal.entries()).toEqual(
    Array.from({ length: 20 }, (_, index) => ({ kind: "equity", at: index + 1, equity: (index + 1) / 3 })),
  );
  journal.close();
});

test("processes that begin one journal at once lose no entry", async () => {
  const path = newPath();
  const [processes, own] = [4, 10];
  const program = `
    import { openJournal } from ${JSON.stringify(new URL("./journal.ts", import.meta.url))};
    for (let at = 0; at < ${own}; at++) {
      const journal = openJournal(${JSON.stringify(path)});
      journal.record({ kind: "equity", at, equity: 1 });
      journal.close();
    }
  `;
  const ends = Array.from({ length: processes }, () => {
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], { stdio: "inherit" });
    return new Promise((resolve) => child.on("exit", resolve));
  });
  expect(await Promise.all(ends)).toEqual(Array(processes).fill(0));
  const journal = openJournal(path);
  expect(journal.entries()).toHaveLength(processes * own);
  journal.close();
});

test("refuses a file that is no database, and a database that is no journal", () => {
  const noDatabase = newPath();
  writeFileSync(noDatabase, "this is a letter, long enough to be looked at as a database page. ".repeat(20));
  expect(() => openJournal(noDatabase)).toThrow(expect.objectContaining({ code: "storage/damaged-file" }));
  const other = newPath();
  const database = new DatabaseSync(other);
  database.exec("CREATE TABLE entry (body TEXT)");
  database.close();
  expect(() => openJournal(other)).toThrow(/not a journal of this version/);
});

test("refuses an entry that somebody else has written", () => {
  const path = newPath();
  const journal = openJournal(path);
  const database = new DatabaseSync(path);
  database.exec(`INSERT INTO entry (at, kind, body) VALUES (1, 'equity', '{"kind":"equity","at":1}')`);
  database.close();
  expect(() => journal.entries()).toThrow(/entry 1 is no entry at equity/);
  journal.close();
});

test("answers a folder that is not there with a failure to write", () => {
  expect(() => openJournal(join(root, "absent", "j.sqlite"))).toThrow(
    expect.objectContaining({ code: "storage/write-failed" }),
  );
});

/** @file The journal in SQLite: what is recorded survives the end of the process and of the power. */
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import type { Journal, JournalEntry } from "#domain/journal.ts";
import type { OrderId } from "#domain/order.ts";
import type { DatabaseForm } from "./database.ts";
import { appendOnly, databaseFailure, openDatabase } from "./database.ts";

/** A journal on disk. Close it; whoever does not loses nothing but the file handle. */
export interface StoredJournal extends Journal {
  /** Everything that was recorded, in that order, numbers bit for bit. */
  entries(): JournalEntry[];
  close(): void;
}

/** "PLTS". */
const form: DatabaseForm = {
  name: "journal",
  applicationId: 0x504c5453,
  formatVersion: 1,
  journalMode: "wal",
  schema: `
    CREATE TABLE entry (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      at REAL NOT NULL,
      kind TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    ${appendOnly("entry", "the journal")}
  `,
};

/**
 * Opens the journal at `path`, or starts one where there is no file. Each entry is on the disk when `record` returns.
 * @throws Failure storage/damaged-file, storage/write-failed
 */
export function openJournal(path: string): StoredJournal {
  const database = openDatabase(path, form);
  const insert = database.prepare("INSERT INTO entry (at, kind, body) VALUES (?, ?, ?)");
  const select = database.prepare("SELECT sequence, body FROM entry ORDER BY sequence");
  return {
    record(entry) {
      try {
        insert.run(entry.at, entry.kind, encoded(entry));
      } catch (cause) {
        throw databaseFailure(form, path, cause, "storage/write-failed");
      }
    },
    entries() {
      let rows: ReturnType<typeof select.all>;
      try {
        rows = select.all();
      } catch (cause) {
        throw databaseFailure(form, path, cause, "storage/damaged-file");
      }
      return rows.map(({ sequence, body }) => decoded(String(body), `${path}, entry ${String(sequence)}`));
    },
    close: () => database.close(),
  };
}

/** JSON keeps every finite double but −0; what it cannot say is written as `{"$": name}`. */
const unspeakable = new Map<string, number>([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

function encoded(entry: JournalEntry): string {
  return JSON.stringify(entry, (_, value: unknown) => {
    if (typeof value !== "number") return value;
    const name = [...unspeakable.keys()].find((key) => Object.is(unspeakable.get(key), value));
    return name === undefined ? value : { $: name };
  });
}

const number = z.custom<number>((value) => typeof value === "number");
const orderId = z.custom<OrderId>((value) => typeof value === "string");
const side = z.enum(["buy", "sell"]);
/** Of hedging accounts; journals from before there was one have none. */
const leg = z.enum(["long", "short"]).exactOptional();
const pricing = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("limit"), limit: number }),
  z.strictObject({ kind: z.literal("stop"), stop: number }),
  z.strictObject({ kind: z.literal("stop-limit"), stop: number, limit: number }),
  z.strictObject({ kind: z.literal("trailing-stop"), trail: number }),
]);
const order = z.strictObject({
  id: orderId,
  symbol: z.string(),
  leg,
  side,
  units: number,
  decisionPrice: number,
  decidedAt: number,
  pricing: pricing.exactOptional(),
  timeInForce: z.enum(["day", "gtc"]).exactOptional(),
  reduceOnly: z.literal(true).exactOptional(),
  ocoGroup: z.string().exactOptional(),
  bracket: z.strictObject({ stop: number.exactOptional(), target: number.exactOptional() }).exactOptional(),
});
const fill = z.strictObject({
  orderId,
  symbol: z.string(),
  leg,
  side,
  units: number,
  price: number,
  referencePrice: number,
  fee: number,
  filledAt: number,
  rate: number.optional(),
});
const denial = z.intersection(z.object({ code: z.string() }), z.record(z.string(), z.union([number, z.string()])));

const entrySchema: z.ZodType<JournalEntry> = z.discriminatedUnion("kind", [
  z
    .strictObject({ kind: z.literal("decision"), at: number, weights: z.array(number).optional() })
    // JSON has no undefined: a decision that wants no change has lost its key.
    .transform(({ weights, ...decision }) => ({ ...decision, weights })),
  z.strictObject({ kind: z.literal("signals"), at: number, signals: z.array(z.string()), memory: z.array(number) }),
  z.strictObject({ kind: z.literal("intent"), at: number, order }),
  z.strictObject({ kind: z.literal("denied"), at: number, order, denials: z.array(denial) }),
  z.strictObject({ kind: z.literal("fill"), at: number, fill }),
  z.strictObject({ kind: z.literal("cancel"), at: number, orderId }),
  z.strictObject({ kind: z.literal("rejected"), at: number, orderId, reason: z.string() }),
  z.strictObject({ kind: z.literal("equity"), at: number, equity: number }),
]);

function decoded(body: string, where: string): JournalEntry {
  let value: unknown;
  try {
    value = JSON.parse(body, (_, held: unknown) => {
      const name = typeof held === "object" && held !== null && "$" in held ? held.$ : undefined;
      return typeof name === "string" ? unspeakable.get(name) : held;
    });
  } catch (cause) {
    throw new Failure("storage/damaged-file", `${where} is not JSON`, { cause });
  }
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new Failure("storage/damaged-file", `${where} is no entry at ${path.join(".") || "its root"}: ${message}`);
  }
  return parsed.data;
}

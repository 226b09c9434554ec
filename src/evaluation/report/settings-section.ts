/** @file How to get this very page again. */
import type { Json, ReportData } from "../report-data.ts";
import { day, moment, whole } from "./format.ts";
import type { Fact, Section } from "./section.ts";

export function settingsSection(data: ReportData): Section {
  const { market, runId, createdAt, command, codeVersion, seeds } = data;
  const defects = Object.entries(market.quality).filter(([, count]) => count > 0);
  const quality =
    defects.length === 0 ? "no defects found" : defects.map(([kind, count]) => `${kind}: ${count}`).join(", ");
  const rows: readonly Fact[] = [
    { name: "Run", value: runId },
    { name: "Created", value: moment(createdAt) },
    { name: "Command", value: command, code: true },
    { name: "Code version", value: codeVersion },
    { name: "Market", value: `${market.name}, ${market.timeframe} bars of ${market.symbols.join(", ")}` },
    { name: "Source", value: market.source },
    { name: "Bars", value: `${whole(market.bars)}, ${day(market.from)} to ${day(market.to)}` },
    { name: "Data quality", value: quality },
    { name: "Data hash", value: market.dataHash, code: true },
    { name: "Seeds", value: seeds.join(", ") },
  ];
  return {
    title: "How to repeat it",
    note: "The same command, data, seeds and code give this page again, number for number.",
    parts: [
      { kind: "facts", rows },
      { kind: "facts", rows: flattened(data.settings), folded: "All settings" },
    ],
  };
}

/** Nested settings as rows, `ppo.clip` and its value. */
function flattened(value: Json, path = ""): Fact[] {
  if (value === undefined) return [];
  if (typeof value !== "object") return [{ name: path, value: String(value) }];
  if (Array.isArray(value)) {
    const items = value.map((item) => (typeof item === "object" ? JSON.stringify(item) : String(item)));
    return [{ name: path, value: items.join(", ") }];
  }
  return Object.entries(value).flatMap(([name, inner]) => flattened(inner, path === "" ? name : `${path}.${name}`));
}

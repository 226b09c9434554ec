/** @file A file of splits and dividends, CSV with the header symbol,date,split,dividend. */
import { readFile } from "node:fs/promises";
import { Failure } from "#base/failure.ts";
import type { CorporateAction } from "#domain/corporate-action.ts";
import { dayStart } from "#domain/day.ts";

const header = "symbol,date,split,dividend";

/**
 * Reads corporate actions of the symbols of a market, in the order of their days; an empty field is none.
 * @throws Failure data/unreadable-file, data/bad-action with the file and the line
 */
export async function readActionsFile(path: string, symbols: readonly string[]): Promise<CorporateAction[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown): never => {
    throw new Failure("data/unreadable-file", `${path} cannot be read`, { file: path, cause });
  });
  const lines = text.split(/\r?\n/);
  const first = lines[0].trim().toLowerCase();
  if (first !== header) throw new Failure("data/bad-action", `line 1 of ${path} is "${first}" and not "${header}"`);
  const actions = lines.flatMap((line, at) =>
    at === 0 || line.trim() === "" ? [] : [actionOf(line, symbols, `line ${at + 1} of ${path}`)],
  );
  return actions.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

function actionOf(line: string, symbols: readonly string[], where: string): CorporateAction {
  const bad = (found: string): never => {
    throw new Failure("data/bad-action", `${where} ${found}`);
  };
  const fields = line.split(",").map((field) => field.trim());
  if (fields.length !== 4) bad(`has ${fields.length} fields and not 4`);
  const [symbol, date] = fields;
  if (!symbols.includes(symbol)) bad(`names ${symbol}, and the market holds ${symbols.join(", ")}`);
  if (!isDay(date)) bad(`names the day "${date}", which is not of the form YYYY-MM-DD`);
  const [split, dividend] = fields.slice(2).map((text) => {
    const value = text === "" ? undefined : Number(text);
    return value === undefined || (value > 0 && value < Infinity) ? value : bad(`has "${text}" where a number belongs`);
  });
  if (split === undefined && dividend === undefined) bad("holds neither a split nor a dividend");
  return { symbol, date, ...(split && { split }), ...(dividend && { dividend }) };
}

function isDay(text: string): boolean {
  try {
    dayStart(text);
    return true;
  } catch {
    return false;
  }
}

/** @file What all commands share: their common options, how values of options are read, how a command is run. */
import { Command, InvalidArgumentError } from "commander";
import { Failure } from "#base/failure.ts";
import { readFileSync } from "node:fs";
import type { PresetName } from "#training/presets.ts";
import { presets } from "#training/presets.ts";
import type { Terminal } from "./terminal.ts";
import { terminal } from "./terminal.ts";

/** Options that every command has. */
export interface CommonOptions {
  readonly json: boolean;
  readonly seed: number;
  readonly verbose: boolean;
  /** Folder of the imported markets. */
  readonly store: string;
  /** File of the project's trials and its vault. */
  readonly ledger: string;
}

/** A command with the common options and an example; its action gets the options and the terminal. */
export function command(usage: string, summary: string, example: string): Command {
  const [name, ...args] = usage.split(" ");
  const created = new Command(name).description(summary);
  for (const arg of args) created.argument(arg);
  return created
    .option("--json", "print one JSON object instead of text", false)
    .option("--seed <number>", "seed of everything that is drawn", wholeNumber, 1)
    .option("--store <folder>", "folder of the imported markets", ".ploutos/markets")
    .option("--ledger <file>", "ledger of the project's trials and its vault", "runs/trials.sqlite")
    .option("--verbose", "show where in the program an error came from", false)
    .addHelpText("after", `\nExample:\n  ${example.split("\n").join("\n  ")}`);
}

/** Wraps what a command does: gives it its terminal. */
export function action<Options extends CommonOptions>(
  run: (context: {
    readonly options: Options;
    readonly terminal: Terminal;
    readonly args: readonly string[];
    /** Was the option typed, rather than left at its default? By its name in `options`. */
    readonly given: (option: keyof Options & string) => boolean;
  }) => Promise<void>,
): (...passed: unknown[]) => Promise<void> {
  return async (...passed) => {
    const self = passed.at(-1) as Command;
    const options = self.opts<Options>();
    const given = (option: string): boolean => self.getOptionValueSource(option) === "cli";
    await run({ options, terminal: terminal(options), args: self.args, given });
  };
}

/** What the program ends with where it did what was asked, and what it found is a no: a machine tells it from a failure, which is 1. */
export const foundWantingExitCode = 2;

/** What was typed, for a report to show how it came about, without what does not change its numbers. */
export function typed(): string {
  const idle = (word: string | undefined): boolean => word === "--workers" || word === "--out";
  const kept = process.argv
    .slice(2)
    .filter((word, at, words) => !idle(word) && !idle(words[at - 1]) && word !== "--json" && word !== "--verbose");
  return ploutosCommand(kept);
}

/** A command to type: words with anything unusual in them stand between quotes. */
export function ploutosCommand(words: readonly string[]): string {
  const quoted = (word: string): string => (/^[\w./:=,+-]+$/.test(word) ? word : `'${word}'`);
  return ["ploutos", ...words.map(quoted)].join(" ");
}

/** A whole number that is not negative. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

/** A number of things of which there is one at least. */
export function count(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("It must be at least 1.");
  return value;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** A day as YYYY-MM-DD. */
export function isoDay(text: string): string {
  const time = Date.parse(`${text}T00:00:00Z`);
  const real = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
  if (!real) throw new InvalidArgumentError("It must be a day such as 2019-12-31.");
  return text;
}

/** A share between 0 and 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("It must be between 0 and 1.");
  return value;
}

/** A time as whole bars, such as 2, or as milliseconds, such as 250ms. */
export function latency(text: string): { bars: number } | { milliseconds: number } {
  const [, number, unit] = /^(\d+)(ms)?$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError("It must be bars such as 2, or milliseconds such as 250ms.");
  return unit === undefined ? { bars: Number(number) } : { milliseconds: Number(number) };
}

/** Whole numbers with commas between them, each once: the same seed twice is not two runs. */
export function wholeNumbers(text: string): number[] {
  const numbers = text.split(",").map((part) => wholeNumber(part.trim()));
  if (new Set(numbers).size < numbers.length) throw new InvalidArgumentError("Each number may be there once.");
  return numbers;
}

/** `--set a.b=1` may be given several times. */
export function collect(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

/** Where settings of an experiment come from, each before the next. */
interface SettingSources {
  readonly preset?: PresetName | undefined;
  /** Whether a setting of the preset is taken, by its name; absent: all are. */
  readonly takes?: ((name: string) => boolean) | undefined;
  /** A JSON file. */
  readonly config?: string | undefined;
  /** `path=value`, the value as JSON or else as text. */
  readonly set?: readonly string[];
  /** Files of own features. */
  readonly featureFile?: readonly string[];
}

/**
 * Settings of an experiment: those of a preset, changed by those of a file, changed by single ones.
 * @throws Failure cli/bad-option
 */
export function settingsFrom({
  preset,
  takes = () => true,
  config,
  set = [],
  featureFile = [],
}: SettingSources): Record<string, unknown> {
  const given = Object.fromEntries(
    Object.entries(preset === undefined ? {} : presets[preset]).filter(([name]) => takes(name)),
  );
  const settings = merged(merged({}, given), config === undefined ? {} : readSettings(config)) as Record<
    string,
    unknown
  >;
  for (const override of set) {
    const [, path, text] = /^([\w.-]+)=(.*)$/s.exec(override) ?? [];
    if (path === undefined) throw new Failure("cli/bad-option", `--set ${override} is not of the form name=value`);
    const keys = path.split(".");
    let place: Record<string, unknown> = settings;
    for (const key of keys.slice(0, -1)) place = (place[key] ??= {}) as Record<string, unknown>;
    place[keys.at(-1)!] = jsonOrText(text);
  }
  return featureFile.length === 0 ? settings : { ...settings, featureFiles: featureFile };
}

/** A copy of `before` with what `after` says in its place, record by record; lists are taken whole. */
export function merged(before: unknown, after: unknown): unknown {
  if (!isRecord(after)) return after;
  const result: Record<string, unknown> = isRecord(before) ? { ...before } : {};
  for (const [name, value] of Object.entries(after)) result[name] = merged(result[name], value);
  return result;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readSettings(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch (cause) {
    throw new Failure("cli/bad-option", `--config ${file} cannot be read as JSON (${(cause as Error).message})`, {
      cause,
    });
  }
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @file `ploutos data synthesize`: a market made of dice by a known law, stored beside the imported ones with its settings. */
import type { Command } from "commander";
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { sha256 } from "#base/hash.ts";
import type { SyntheticKind } from "#data/synthetic/kind.ts";
import { syntheticKinds } from "#data/synthetic/kinds.ts";
import type { Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { Universe } from "#domain/universe.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { dataHash } from "#storage/data-hash.ts";
import type { CommonOptions } from "../command.ts";
import { action, collect, command, count, settingsFrom } from "../command.ts";
import { projectMarket } from "../project.ts";
import { day } from "../terminal.ts";
import { oneOf } from "./data-download.ts";

/** What decides a synthetic market beside its seed; `market check` takes the same options. */
export interface SyntheticMarketOptions {
  readonly bars?: number;
  readonly instruments?: number;
  readonly timeframe?: string;
  readonly like?: string;
  readonly set: readonly string[];
}

interface SynthesizeOptions extends CommonOptions, SyntheticMarketOptions {
  readonly kind: string;
  readonly market: string;
}

/** Adds the options of `SyntheticMarketOptions`. */
export function withSyntheticOptions(to: Command): Command {
  return to
    .option("--bars <number>", "bars to make; absent: 10000, or as many as --like has", count)
    .option("--instruments <number>", "instruments, S1, S2 …; absent: what is usual for the kind", count)
    .option("--timeframe <length>", `length of a bar: ${Object.keys(timeframeMs).join(", ")}`)
    .option("--like <market>", "block-bootstrap: the recorded market that is redrawn")
    .option("--set <name=value>", "a setting of the kind, several times if need be", collect, []);
}

export function dataSynthesizeCommand(): Command {
  return withSyntheticOptions(
    command(
      "synthesize",
      "Makes a market of dice by a known law: for tests of agents, never as evidence that they earn anything.",
      "ploutos data synthesize --kind heston --bars 10000 --seed 1 --market made-up --set halfLifeBars=40",
    ),
  )
    .requiredOption("--kind <name>", Object.keys(syntheticKinds).join(", "))
    .requiredOption("--market <name>", "name of the new market; one that exists is replaced, whole or not at all")
    .addHelpText("after", `\nKinds and their settings:\n${Object.values(syntheticKinds).map(described).join("\n")}`)
    .action(
      action<SynthesizeOptions>(async ({ options, terminal }) => {
        const { made, settings } = await synthesized(options.kind, options);
        const note = `Made of dice: ${options.kind}, seed ${options.seed}, ${JSON.stringify(settings)}.`;
        const source = { file: `synthetic/${options.kind}/${options.seed}`, sha256: sha256(note), notes: [note] };
        const sources = made.instruments.map(() => ({ ...source, droppedBars: 0 }));
        const summary = await openBarStore(options.store).save({ ...made, name: options.market }, sources);
        const [from, to] = [day(summary.firstTime), day(summary.lastTime)];
        const text = `${note}\nMarket ${options.market}: ${made.openTime.length} bars of ${made.instruments.length} instrument(s), ${from} to ${to}`;
        terminal.result(summary, text);
      }),
    );
}

/**
 * A market of a kind and all settings that it was made with, defaults and `like` included.
 * @throws Failure cli/bad-option, config/invalid, data/unknown-market
 */
export async function synthesized(
  name: string,
  options: SyntheticMarketOptions & CommonOptions,
): Promise<{ readonly made: Universe; readonly settings: object }> {
  const { bars, seed, instruments, timeframe, like, set } = options;
  const kinds: Readonly<Record<string, SyntheticKind>> = syntheticKinds;
  const kind = kinds[oneOf("kind", name, Object.keys(kinds))];
  const length = timeframe === undefined ? undefined : oneOf("timeframe", timeframe, lengths);
  if (like !== undefined && kind !== (syntheticKinds["block-bootstrap"] as SyntheticKind)) {
    throw new Failure("cli/bad-option", `--like is for block-bootstrap; ${name} is made without recorded bars`);
  }
  // What is made of bars is learned from: those in the vault are left out.
  const recorded = like === undefined ? undefined : (await projectMarket(like, options)).universe;
  const shape = { bars: bars ?? recorded?.openTime.length ?? 10_000, seed, instruments, timeframe: length };
  const given = settingsFrom({ set });
  const made = kind.create({ ...shape, like: recorded }, given);
  const origin = recorded === undefined ? {} : { like, likeHash: dataHash(recorded) };
  return { made, settings: { ...kind.settings.parse(given), ...origin } };
}

const lengths = Object.keys(timeframeMs) as Timeframe[];

/** A kind with its settings, their defaults and units. */
function described({ name, summary, settings }: SyntheticKind): string {
  const { properties = {} } = z.toJSONSchema(settings, { io: "input" });
  const lines = Object.entries(properties).map(([setting, schema]) => {
    const { default: usual, description = "" } = schema as { default?: unknown; description?: string };
    return `      ${setting}${usual === undefined ? "" : `=${JSON.stringify(usual)}`}  ${description}`;
  });
  return [`  ${name}: ${summary}`, ...lines].join("\n");
}

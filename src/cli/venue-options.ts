/** @file How a venue fills orders on recorded bars: the options that `backtest` and `paper` share, and what they mean. */
import type { Command } from "commander";
import type { Universe } from "#domain/universe.ts";
import type { Latency, Rejects } from "#trading/simulated-broker.ts";
import type { CommonOptions } from "./command.ts";
import { latency, share } from "./command.ts";
import { projectMarket } from "./project.ts";

export interface VenueOptions extends CommonOptions {
  readonly finer?: string;
  readonly latency?: Latency;
  readonly rejects?: number;
}

/** A command with `--finer`, `--latency` and `--rejects`. */
export function withVenueOptions(command: Command): Command {
  return command
    .option("--finer <market>", "shorter bars of the same instruments, which tell what came first within a bar")
    .option("--latency <time>", "how long orders are on their way, in bars (2) or milliseconds (250ms)", latency)
    .option("--rejects <share>", "share of orders that the venue refuses, drawn from the seed", share);
}

/** What the options ask of a venue, with the shorter bars loaded. */
export async function venueSetting(options: VenueOptions): Promise<{
  readonly finer: Universe | undefined;
  readonly latency: Latency | undefined;
  readonly rejects: Rejects | undefined;
}> {
  const { finer, rejects, seed } = options;
  return {
    finer: finer === undefined ? undefined : (await projectMarket(finer, options)).universe,
    latency: options.latency,
    rejects: rejects === undefined ? undefined : { share: rejects, seed },
  };
}

/** @file `ploutos market`: is the simulated market one that can be trusted? */
import { Command } from "commander";
import { Failure } from "#base/failure.ts";
import { checkMarket } from "#market/check.ts";
import { conversions } from "#market/currency.ts";
import { dressedMarkets, importedMarket } from "../checked-markets.ts";
import type { CommonOptions } from "../command.ts";
import { action, command, count } from "../command.ts";
import { projectMarket } from "../project.ts";
import type { SyntheticMarketOptions } from "./data-synthesize.ts";
import { synthesized, withSyntheticOptions } from "./data-synthesize.ts";

interface MarketCheckOptions extends CommonOptions, SyntheticMarketOptions {
  readonly market?: string;
  readonly synthetic?: string;
  readonly steps: number;
  readonly currency?: string;
}

export function marketCommand(): Command {
  return new Command("market")
    .description("Checks the simulated market: its env, its costs, its ledger.")
    .addHelpText("after", "\nExample:\n  ploutos market check")
    .addCommand(checkCommand());
}

const usualKind = "geometric-brownian";
/** Bars of a synthetic market that is checked, and the fewest that can be. */
const [usualBars, fewestBars] = [1000, 60];

function checkCommand(): Command {
  return withSyntheticOptions(
    command(
      "check",
      "Checks an env as an agent sees it, that chance earns nothing, that buy and hold is right, that books balance.",
      "ploutos market check --synthetic heston --set halfLifeBars=40\nploutos market check --market my-stocks --json",
    ),
  )
    .option("--market <name>", "an imported market, with the costs and rules that fit it")
    .option("--currency <code>", "of --market: the account's currency, where instruments are in others")
    .option(
      "--synthetic <kind>",
      `a synthetic market, as shares, currencies, pairs in yen, coins and perpetuals; absent: ${usualKind}`,
    )
    .option("--steps <number>", "random steps after each of which the ledger is looked at", count, 1_000_000)
    .action(
      action<MarketCheckOptions>(async ({ options, terminal }) => {
        const markets = await marketsOf(options);
        const bars = markets[0].universe.openTime.length;
        if (bars < fewestBars)
          throw new Failure("cli/bad-option", `${bars} bars; a check takes ${fewestBars} at least`);
        const progress = terminal.progress("checking", 1);
        let checks;
        try {
          const onProgress = (done: number, total: number): void => progress.update(done / total);
          checks = checkMarket(markets, { seed: options.seed, steps: options.steps, onProgress });
        } finally {
          progress.stop();
        }
        const passed = checks.every((check) => check.passed);
        const lines = checks.map((check) => `${check.passed ? "ok    " : "FAILED"}  ${check.name}: ${check.found}`);
        terminal.result({ passed, checks }, lines.join("\n"));
        if (!passed) process.exitCode = 1;
      }),
    );
}

async function marketsOf(options: MarketCheckOptions): Promise<ReturnType<typeof dressedMarkets>> {
  const { market, synthetic, like, bars, set, instruments, timeframe, currency } = options;
  if (market === undefined) {
    if (currency !== undefined) throw new Failure("cli/bad-option", "--currency is of an imported --market");
    const length = bars ?? (like === undefined ? usualBars : undefined);
    const { made } = await synthesized(
      synthetic ?? usualKind,
      length === undefined ? options : { ...options, bars: length },
    );
    return dressedMarkets(made);
  }
  if (set.length > 0 || [synthetic, like, bars, instruments, timeframe].some((given) => given !== undefined)) {
    const others = "--synthetic, --bars, --instruments, --timeframe, --like and --set";
    throw new Failure("cli/bad-option", `${others} make a market; --market is taken as it is`);
  }
  const imported = importedMarket((await projectMarket(market, options)).universe, currency);
  // Says at once what is missing: without a rate nothing fits.
  conversions(imported.universe.instruments, currency);
  return [imported];
}

/** @file FinRL's protocol on the Dow 30: learned to the middle of 2020, traded to October 2021, 0.1 % a trade, 1,000,000 dollars. */
import { fileURLToPath } from "node:url";
import { alignUniverse } from "#data/align.ts";
import { readBarsFile } from "#data/bars-file.ts";
import { barRange } from "#data/split.ts";
import type { Bars } from "#domain/bar.ts";
import { instrument } from "#domain/instrument.ts";
import { sharpe, simpleReturns } from "#evaluation/metrics.ts";
import type { ExperimentInput } from "#training/experiment.ts";
import type { Protocol, Reference } from "./protocol.ts";

const folder = fileURLToPath(new URL("../../../shared/data/dow30_daily/", import.meta.url));

/** Dow Inc. has no bars before 2019, so FinRL too trades 29 of the 30. */
const symbols =
  "AAPL AMGN AXP BA CAT CRM CSCO CVX DIS GS HD HON IBM INTC JNJ JPM KO MCD MMM MRK MSFT NKE PG TRV UNH V VZ WBA WMT".split(
    " ",
  );

const tested = { from: "2020-07-01", until: "2021-10-29" };

const common: ExperimentInput = {
  actions: "weights-long",
  capital: 1_000_000,
  costs: { profile: "ideal", commissionBps: 10 },
  account: { shorts: false },
  network: { hidden: [64, 64] },
  episodeBars: 252,
};

async function barsOf(symbol: string): Promise<Bars> {
  return (await readBarsFile(`${folder}${symbol}.csv.gz`, { calendar: "us-equities" })).bars;
}

/** Closes from one day to another. */
function closes({ openTime, close }: Bars, days: { readonly from: string; readonly until: string }): Float64Array {
  const { from, to } = barRange(openTime, days);
  return close.slice(from, to);
}

/** FinRL counts 252 days a year. */
const yearlySharpe = (track: ArrayLike<number>): number => sharpe(simpleReturns(track), 252);

/** The same sum in each, bought at the first close and never touched again; no costs. */
function equalParts(all: readonly Float64Array[]): Float64Array {
  return all[0].map((_, t) => all.reduce((sum, close) => sum + close[t] / close[0], 0) / all.length);
}

async function references(): Promise<readonly Reference[]> {
  const index = closes(await barsOf("DJI"), { ...tested, until: "2021-10-27" });
  const shares = await Promise.all(symbols.map(async (symbol) => closes(await barsOf(symbol), tested)));
  return [
    { name: "DJI to 2021-10-27, Sharpe", published: 1.811893, measured: yearlySharpe(index), tolerance: 1e-6 },
    {
      name: "DJI to 2021-10-27, cumulative return",
      published: 0.379084,
      measured: index[index.length - 1] / index[0] - 1,
      tolerance: 1e-6,
    },
    {
      name: "29 shares in equal parts to 2021-10-29, Sharpe",
      published: 1.899,
      measured: yearlySharpe(equalParts(shares)),
      tolerance: 5e-4,
    },
  ];
}

export const dow30: Protocol = {
  name: "dow30",
  title: "FinRL's Dow 30: learned to 2020-06, traded 2020-07-01 to 2021-10-29",
  split: {
    train: { from: "2010-01-01", until: "2019-06-30" },
    validation: { from: "2019-07-01", until: "2020-06-30" },
    test: tested,
  },
  // Dropped at the ends of training and validation, so that the traded days are theirs.
  borders: { purgeBars: 21, embargoBars: 0 },
  agents: { PPO: { ...common, agent: "ppo" }, SAC: { ...common, agent: "sac" } },
  published: [
    { name: "FinRL SAC", sharpe: 1.622, maxDrawdown: 0.115, source: "FinRL's notebook, one seed, to 2021-10-29" },
    {
      name: "FinRL A2C, portfolio allocation",
      sharpe: 2.011,
      maxDrawdown: 0.076,
      source: "FinRL's notebook, one seed, to 2021-10-29",
    },
    { name: "FinRL ensemble", sharpe: 0.675, source: "FinRL's notebook, 2016-01 to 2021-04; the index then had 0.743" },
  ],
  differs: [
    "FinRL trades at the close that it decides on; here an order fills at the next day's open.",
    "FinRL keeps no days apart to choose by; here the last year before the traded days is not learned from, and the best parameters are chosen on it.",
    "Features, networks and settings are this program's defaults for trading, not FinRL's, and none was chosen by looking at these results.",
    "The shares are those that were in the index at the end: whoever buys any of them begins with that luck, the baselines too.",
  ],
  async universe() {
    const series = await Promise.all(
      symbols.map(async (symbol) => ({
        instrument: instrument(symbol),
        bars: await barsOf(symbol),
        timeframe: "1d" as const,
      })),
    );
    return alignUniverse("dow-30", series).universe;
  },
  references,
};

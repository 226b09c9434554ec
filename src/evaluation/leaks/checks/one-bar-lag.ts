/** @file Is every order filled after it was decided on, at a price that could be had, and what is left when it comes a bar late? */
import type { Fill } from "#domain/fill.ts";
import { closeTime } from "#domain/bar.ts";
import { orderId, signedUnits } from "#domain/order.ts";
import { positionTitle } from "#domain/leg.ts";
import type { Universe } from "#domain/universe.ts";
import { freeAccount } from "#market/account-rules.ts";
import type { Backtest, BacktestSetting } from "../../backtest.ts";
import type { Finding, LeakCheck } from "../finding.ts";
import { counted, judged, notApplicable } from "../finding.ts";
import { otherEnd } from "../other-bars.ts";

const usual = 5;
const thorough = 20;
/** What rounding may part a price from one that it is compared with by. */
const rounding = 1e-9;

export const oneBarLag: LeakCheck = {
  asks: "A decision at a close is filled in the next bar: what an order does may not depend on the bar that it is filled in.",
  async run({ trade, setting, served }, options): Promise<Finding> {
    if (trade === undefined) return notApplicable("It does not trade.");
    const run = await trade(setting);
    if (run.fills.length === 0) return notApplicable("It placed no order on these bars.");
    const { maintenance, liquidation } = setting.rules ?? freeAccount;
    const within = served?.signals !== undefined || (maintenance > 0 && liquidation === "within-bar");
    const places = spread(filledBars(run, setting.universe), options.thorough ? thorough : usual);
    const wrong = wrongFills(run, setting, within);
    for (const t of places) {
      const other = await trade({ ...setting, universe: otherEnd(setting.universe, t, options.seed + t), to: t + 1 });
      if (!sameFills(atOpen(run, setting.universe, t, within), atOpen(other, setting.universe, t, within))) {
        wrong.push(`orders that were filled when bar ${t} opened depend on what came later in it`);
      }
    }
    const late = await trade({ ...setting, latency: { bars: 1 } });
    const did = `Changed what came after the open of ${counted(places.length, "bar")} with fills, looked at ${counted(run.fills.length, "fill")}, and traded again with every order a bar late.`;
    return judged(
      did,
      wrong,
      `No fill knew its own bar, none was before its time or better than its price. Profit ${percent(profit(run))}, a bar late ${percent(profit(late))}.`,
    );
  },
};

/** Fills that nobody could have had. */
function wrongFills({ fills }: Backtest, { universe, from }: BacktestSetting, within: boolean): string[] {
  const { openTime, instruments, bars } = universe;
  const wrong = { early: 0, nowhere: 0, better: 0 };
  for (const { filledAt, symbol, price, side } of fills) {
    const t = openTime.indexOf(filledAt);
    const i = instruments.findIndex((each) => each.symbol === symbol);
    if (t < 0 || i < 0) wrong.nowhere++;
    else if (t <= from) wrong.early++;
    else {
      const direction = side === "buy" ? 1 : -1;
      // Orders that rest trade within the bar; all others at its open, or worse.
      const best = within ? (direction > 0 ? bars[i].low[t] : bars[i].high[t]) : bars[i].open[t];
      if (direction * (price - best) < -rounding * best) wrong.better++;
    }
  }
  return [
    ...(wrong.nowhere > 0 ? [`${wrong.nowhere} fills are of no bar`] : []),
    ...(wrong.early > 0 ? [`${wrong.early} fills are not after the first decision`] : []),
    ...(wrong.better > 0
      ? [
          `${wrong.better} of ${fills.length} fills are at a better price than their bar ${within ? "had" : "opened at"}`,
        ]
      : []),
  ];
}

/** Bars in which something was filled. */
function filledBars({ fills }: Backtest, { openTime }: Universe): number[] {
  return [...new Set(fills.map(({ filledAt }) => openTime.indexOf(filledAt)))].filter((t) => t > 0);
}

function spread(places: readonly number[], count: number): number[] {
  if (places.length <= count) return [...places];
  return Array.from({ length: count }, (_, n) => places[Math.round((n * (places.length - 1)) / (count - 1))]);
}

/** Fills up to bar `t`; of bar `t` only those that its open decides, where others may rest within it. */
function atOpen({ fills }: Backtest, { openTime, timeframe }: Universe, t: number, within: boolean): Fill[] {
  const decidedAt = closeTime(openTime[t - 1], timeframe);
  return fills.filter((fill) => {
    if (fill.filledAt !== openTime[t]) return fill.filledAt < openTime[t];
    return !within || fill.orderId === orderId(positionTitle(fill), decidedAt);
  });
}

function sameFills(one: readonly Fill[], other: readonly Fill[]): boolean {
  const same = (a: Fill, b: Fill): boolean =>
    a.symbol === b.symbol && a.filledAt === b.filledAt && a.price === b.price && signedUnits(a) === signedUnits(b);
  return one.length === other.length && one.every((fill, n) => same(fill, other[n]));
}

function profit({ curve: { equity } }: Backtest): number {
  return equity[equity.length - 1] / equity[0] - 1;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

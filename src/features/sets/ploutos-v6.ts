/** @file The 85 columns of the document "Ploutos V6" by its ten blocks: free of scale, and as raw levels for comparison. */
import type { Derivation, Feature, FeatureGroup } from "../feature.ts";
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { bollingerPattern } from "../indicators/bollinger-pattern.ts";
import { candlePattern } from "../indicators/candle-pattern.ts";
import { divergence } from "../indicators/divergence.ts";
import { entryScore, signColumns, writeScores } from "../indicators/entry-score.ts";
import { meanReversion } from "../indicators/mean-reversion.ts";
import { momentumStart } from "../indicators/momentum-start.ts";
import { supportResistance } from "../indicators/support-resistance.ts";
import { trendStrength } from "../indicators/trend-strength.ts";
import { volatilityRegime } from "../indicators/volatility-regime.ts";
import { volumePattern } from "../indicators/volume-pattern.ts";
import type { Form } from "../scale-free.ts";
import { inForms } from "../scale-free.ts";
import { negligible, trueRange } from "../true-range.ts";
import { sources } from "./sources.ts";

/** A block: its indicator in its own units, and what makes it free of scale. */
interface Block {
  readonly name: string;
  readonly group: FeatureGroup;
  readonly source: string;
  readonly needs?: "volume";
  readonly create: () => Indicator;
  readonly derive?: Derivation;
  /** Formulas and ranges of both kinds of columns, in the order of the outputs. */
  readonly raw: readonly [formula: string, range: string];
  readonly free: readonly [formula: string, range: string];
  readonly freed: (inner: Indicator) => Indicator;
}

const same = (inner: Indicator): Indicator => inner;
const forms =
  (...given: readonly Form[]) =>
  (inner: Indicator): Indicator =>
    inForms(inner, given);

/** average20 / average50 and volume / average50 in place of the two averages; 1 without volume. */
function relativeAverages(inner: Indicator): Indicator {
  return indicator(inner.outputs, inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, into, at);
    const long = into[at + 1];
    into[at] = long === 0 ? 1 : into[at] / long;
    into[at + 1] = long === 0 ? 1 : bar.volume / long;
  });
}

const levels = [20, 50, 100].map((period): Block => {
  const flags = "near support, near resistance: that share below 2 %";
  return {
    name: `levels${period}`,
    group: "levels",
    source: "Donchian, Financial Analysts Journal 16, 1960",
    create: () => supportResistance(period),
    raw: [
      `[support = lowest low, resistance = highest high of ${period}, (close − support) / close, (resistance − close) / close, ${flags}]`,
      "prices; 0 to 1; 0 or 1",
    ],
    free: [
      `[(close − support) / ATR(14), (resistance − close) / ATR(14), (close − support) / close, (resistance − close) / close, ${flags}], support = lowest low, resistance = highest high of ${period}`,
      "0 to about 20; 0 to 1; 0 or 1",
    ],
    freed: forms("above", "beyond", "same", "same", "same", "same"),
  };
});

const reversion = [20, 50].map((period): Block => {
  const rest = `z = (close − SMA(${period})) / σ, z < −1.5, z > 1.5, z < −1 and z > z[1]], σ of ${period} closes (n − 1)`;
  return {
    name: `reversion${period}`,
    group: "statistics",
    source: "Chan, Algorithmic Trading, 2013",
    create: () => meanReversion(period),
    raw: [`[SMA(${period}), σ, ${rest}`, "prices; about ±4; 0 or 1"],
    free: [`[(close − SMA(${period})) / ATR(14), σ / close, ${rest}`, "about ±6; 0 to about 0.2; about ±4; 0 or 1"],
    freed: forms("above", "perClose", "same", "same", "same", "same"),
  };
});

const momentum = [5, 10, 20].map((period): Block => {
  const formula = `[roc = close / close[${period}] − 1, roc − roc[1], rising and |roc| < 5 %]`;
  return {
    name: `momentum${period}`,
    group: "momentum",
    source: sources.murphy,
    create: () => momentumStart(period),
    raw: [formula, "about ±0.3; about ±0.1; 0 or 1"],
    free: [formula, "about ±0.3; about ±0.1; 0 or 1"],
    freed: same,
  };
});

const volumeFlags =
  "ratio = volume / SMA20, ratio > 1.5, ratio > 1.2 on a rise, ratio > 1.2 on a fall, ratio < 0.7], SMA of volume";
const candleFlags = "hammer, shooting star, doji (|body| < 0.1 %), bullish engulfing, bearish engulfing]";
const divergenceFlags =
  "lower low, higher RSI low, both, higher high, lower RSI high, both] of the last 10 bars beside the 10 before";
const bollingerFlags =
  "width, %B, close ≤ 1.01 · lower, close ≥ 0.99 · upper, width below the 20 % quantile of its last 50], SMA(20) ± 2σ, population";
const entryFormula =
  "[buy signs, buy signs / 11, sell signs, sell signs / 8, the difference of the shares], signs of the other blocks";

const blocks: readonly Block[] = [
  ...levels,
  ...reversion,
  {
    name: "volume",
    group: "volume",
    source: sources.murphy,
    needs: "volume",
    create: volumePattern,
    raw: [`[SMA20, SMA50, ${volumeFlags}`, "units; 0 to 20; 0 or 1"],
    free: [`[SMA20 / SMA50, volume / SMA50, ${volumeFlags}`, "0 to 20, about 1; 0 or 1"],
    freed: relativeAverages,
  },
  {
    name: "candle",
    group: "price",
    source: sources.nison,
    create: candlePattern,
    raw: [`[body = close − open, body / open, upper wick, lower wick, ${candleFlags}`, "prices; about ±0.1; 0 or 1"],
    free: [
      `[(close − open) / ATR(14), (close − open) / open, upper wick / ATR(14), lower wick / ATR(14), ${candleFlags}`,
      "about ±4; about ±0.1; 0 or 1",
    ],
    freed: forms("perAtr", "same", "perAtr", "perAtr", "same", "same", "same", "same", "same"),
  },
  {
    name: "divergence",
    group: "momentum",
    source: "Brown, Technical Analysis for the Trading Professional, 1999",
    create: () => divergence(14, 10),
    raw: [`[RSI(14, Wilder), ${divergenceFlags}`, "0 to 100; 0 or 1"],
    free: [`[RSI(14, Wilder) / 100, ${divergenceFlags}`, "0 to 1"],
    freed: forms("hundredth", "same", "same", "same", "same", "same", "same"),
  },
  {
    name: "bollinger20",
    group: "volatility",
    source: sources.bollinger,
    create: () => bollingerPattern(20, 2, 50),
    raw: [`[middle, σ, upper, lower, ${bollingerFlags}`, "prices; 0 to about 0.5; about −0.5 to 1.5; 0 or 1"],
    free: [
      `[(close − middle) / ATR(14), σ / ATR(14), (upper − close) / ATR(14), (close − lower) / ATR(14), ${bollingerFlags}`,
      "about ±10; 0 to about 0.5; about −0.5 to 1.5; 0 or 1",
    ],
    freed: forms("above", "perAtr", "beyond", "above", "same", "same", "same", "same", "same"),
  },
  {
    name: "entry",
    group: "signal",
    source: sources.document,
    needs: "volume",
    create: entryScore,
    derive: { from: [...signColumns.buy, ...signColumns.sell], write: writeSigns },
    raw: [entryFormula, "0 to 11; 0 to 1; 0 to 8; 0 to 1; ±1"],
    free: [entryFormula, "0 to 11; 0 to 1; 0 to 8; 0 to 1; ±1"],
    freed: same,
  },
  ...momentum,
  {
    name: "trend14",
    group: "trend",
    source: sources.wilder,
    create: () => trendStrength(14),
    raw: ["[+DI, −DI, ADX](14, Wilder), ADX > 25, ADX < 20", "0 to 100; 0 or 1"],
    free: ["[+DI / 100, −DI / 100, ADX / 100, ADX > 25, ADX < 20](14, Wilder)", "0 to 1"],
    freed: forms("hundredth", "hundredth", "hundredth", "same", "same"),
  },
  {
    name: "volatility14",
    group: "volatility",
    source: sources.wilder,
    create: () => volatilityRegime(14, 50),
    raw: [
      "[ATR, ATR / close, the latter above the 70 % and below the 30 % quantile of its last 50], ATR(14, Wilder)",
      "price; 0 to about 0.1; 0 or 1",
    ],
    free: [
      "[true range / ATR, ATR / close, the latter above the 70 % and below the 30 % quantile of its last 50], ATR(14, Wilder)",
      "0 to about 5; 0 to about 0.1; 0 or 1",
    ],
    freed: rangeBesideAverage,
  },
];

/** The entry score from the signs that the other blocks have written already. */
function writeSigns(row: Float64Array, places: readonly number[], at: number): void {
  let [buy, sell] = [0, 0];
  for (let k = 0; k < signColumns.buy.length; k++) buy += row[places[k]];
  for (let k = signColumns.buy.length; k < places.length; k++) sell += row[places[k]];
  // Until all signs are known, none of the numbers is.
  writeScores(row, at, buy, Number.isNaN(buy) ? NaN : sell);
}

/** The bar's true range per ATR in place of the ATR, which as a share of the close is there already. */
function rangeBesideAverage(inner: Indicator): Indicator {
  const rangeOf = trueRange();
  return indicator(inner.outputs, inner.warmUpBars, [inner, rangeOf], (bar, into, at) => {
    inner.next(bar, into, at);
    const range = rangeOf(bar);
    into[at] = negligible(into[at], bar.close) ? 0 : range / into[at];
  });
}

function features(kind: "raw" | "free"): readonly Feature[] {
  return blocks.map(({ name, group, source, needs, create, derive, freed, [kind]: [formula, range] }) => ({
    name,
    group,
    formula,
    range,
    source,
    ...(needs !== undefined && { needs }),
    ...(derive !== undefined && { derive }),
    create: () => (kind === "raw" ? create() : freed(create())),
  }));
}

/**
 * What the document computed wrongly is put right: a reversion is a z that rises again, ADX is Wilder's and aligned, the
 * body has its sign, divergences compare the lows and highs of two stretches of bars and not two closes.
 */
export const ploutosV6: readonly Feature[] = features("free");

/** The same columns in prices, units and percentages, for comparison: a clip at 10 holds most of them. */
export const ploutosV6Legacy: readonly Feature[] = features("raw");

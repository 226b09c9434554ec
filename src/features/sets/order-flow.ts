/** @file What recorded books and trades say of each bar, free of scale: `order-book` of the book alone, `order-flow` of both. */
import { timeframeMs } from "#domain/bar.ts";
import type { Feature, FeatureContext, MeasuredNeed } from "../feature.ts";
import { measuredPlaces } from "../feature.ts";
import type { Indicator } from "../indicator.ts";
import { measured, measuredEach } from "../indicators/measured.ts";
import { recentSum } from "../indicators/recent-sum.ts";
import { recentZScore } from "../indicators/recent-z-score.ts";
import { slotPercentile } from "../indicators/slot-percentile.ts";
import { perUsualSize } from "../indicators/usual-size.ts";
import { isDaily, marketTime } from "../sessions.ts";

const hourMs = 3_600_000;

const cont = "Cont, Kukanov and Stoikov, Journal of Financial Econometrics 12, 2014";
const xu = "Xu, Gould and Howison, Multi-Level Order-Flow Imbalance in a Limit Order Book, 2018";
const gould = "Gould and Bonart, Market Microstructure and Liquidity 2, 2016";
const stoikov = "Stoikov, Quantitative Finance 18, 2018";
const harris = "Harris, Trading and Exchanges, 2003";
const prado = "López de Prado, Advances in Financial Machine Learning, 2018, §2.3.2";
const chordia = "Chordia, Roll and Subrahmanyam, Journal of Financial Economics 65, 2002";

/** A quantity that is measured of each bar, as an indicator. */
function quantity(name: string, { instrument }: FeatureContext): Indicator {
  return measured(measuredPlaces(instrument, (held) => held === name));
}

/** Is it the order-flow imbalance of a level? */
const isLevel = (held: string): boolean => /^ofi\d+$/.test(held);

/** The order-flow imbalance of each level that the book was recorded with. */
function eachLevel({ instrument }: FeatureContext): Indicator {
  const places = measuredPlaces(instrument, isLevel);
  return measuredEach(
    places.map((_, level) => `level${level + 1}`),
    places,
  );
}

/** Hour of the week by the market's own clock, of a bar's beginning; of bars of a day or more the day. */
function hourOfWeek({ timeframe, instrument }: FeatureContext): (openTime: number) => number {
  const timeOf = isDaily(timeframe) ? (openTime: number) => openTime : marketTime(instrument.calendar);
  return (openTime) => {
    const hour = Math.floor(timeOf(openTime) / hourMs);
    return ((hour % 168) + 168) % 168;
  };
}

/** Bars in two minutes: 120 of one in so many are the same hour of four weeks, or more of longer bars. */
function everyTwoMinutes({ timeframe }: FeatureContext): number {
  return Math.ceil((2 * timeframeMs["1m"]) / timeframeMs[timeframe]);
}

/** Features of one quantity that is measured where a book, or where trades, were recorded. */
function recorded(from: MeasuredNeed["from"]) {
  return (
    name: string,
    needed: string,
    about: Pick<Feature, "formula" | "range" | "source">,
    form: (inner: Indicator, context: FeatureContext) => Indicator = (inner) => inner,
  ): Feature => ({
    name,
    group: "order flow",
    needs: { from, measured: [needed] },
    ...about,
    create: (context) => form(quantity(needed, context), context),
  });
}

const ofBook = recorded("book");
const ofTrades = recorded("trades");

export const orderBook: readonly Feature[] = [
  {
    ...ofBook("flowImbalance", "ofi1", {
      formula:
        "order-flow imbalance of each recorded level (an output for each): Σ over the bar's snapshots / mean size of a side",
      range: "about ±20",
      source: cont,
    }),
    create: eachLevel,
  },
  {
    ...ofBook("meanFlowImbalance", "ofi1", {
      formula: "mean of flowImbalance over all recorded levels",
      range: "about ±20",
      source: xu,
    }),
    create: ({ instrument }) => measured(measuredPlaces(instrument, isLevel)),
  },
  ...[5, 20].map((bars) =>
    ofBook(
      `recentFlowImbalance${bars}`,
      "ofi1",
      { formula: `Σ of the best level's flowImbalance over ${bars} bars`, range: `about ±${10 * bars}`, source: cont },
      (inner) => recentSum(inner, bars),
    ),
  ),
  ofBook("depthImbalance", "depthImbalance", {
    formula: "(Σ bid sizes − Σ ask sizes) / their sum over the recorded levels, at the close",
    range: "−1 to 1",
    source: gould,
  }),
  ofBook("micropriceLean", "micropriceLean", {
    formula: "(microprice − mid) / spread, at the close",
    range: "−0.5 to 0.5",
    source: stoikov,
  }),
  ofBook("spread", "spreadBps", {
    formula: "(ask − bid) / mid · 10,000, at the close",
    range: "0 to about 50",
    source: harris,
  }),
  ofBook("meanSpread", "meanSpreadBps", {
    formula: "mean over the bar's time of (ask − bid) / mid · 10,000",
    range: "0 to about 50",
    source: harris,
  }),
  ofBook("spreadChange", "spreadChangeBps", {
    formula: "spread at the close − spread at the bar's beginning, in basis points",
    range: "about ±20",
    source: harris,
  }),
  ofBook(
    "spreadZScore20",
    "meanSpreadBps",
    { formula: "(meanSpread − its mean) / its σ (population) over 20 bars", range: "−4.4 to 4.4", source: harris },
    (inner) => recentZScore(inner, 20),
  ),
  ofBook(
    "spreadPercentile",
    "meanSpreadBps",
    {
      formula:
        "share of earlier bars of the same hour of the week (market's clock) with a lower meanSpread, equal ones half: the last 120 of one bar in two minutes; 0.5 before 10 of them",
      range: "0 to 1",
      source: "Andersen and Bollerslev, Journal of Empirical Finance 4, 1997 (the pattern within the week)",
    },
    (inner, context) =>
      slotPercentile(inner, {
        count: 168,
        of: hourOfWeek(context),
        every: everyTwoMinutes(context),
        kept: 120,
        fewest: 10,
      }),
  ),
];

export const orderFlow: readonly Feature[] = [
  ...orderBook,
  ofTrades("tickImbalance", "tickImbalance", {
    formula: "Σ tick-rule signs of the bar's trades / trades",
    range: "−1 to 1",
    source: prado,
  }),
  ofTrades(
    "recentTickImbalance",
    "recentTickImbalance",
    {
      formula: "x / EWMA(|x|, 20 bars, this one included), x = Σ tick-rule signs of the last trades / trades",
      range: "−10.5 to 10.5",
      source: prado,
    },
    (inner) => perUsualSize(inner, 20),
  ),
  ofTrades("tradeSignImbalance", "tradeSignImbalance", {
    formula: "(units that buyers took − units that sellers took) / units, over the bar",
    range: "−1 to 1",
    source: chordia,
  }),
];

/** @file Entry score: how many signs speak for buying and how many for selling. */
import type { Indicator } from "../indicator.ts";
import { indicator } from "../indicator.ts";
import { bollingerPattern } from "./bollinger-pattern.ts";
import { candlePattern } from "./candle-pattern.ts";
import { divergence } from "./divergence.ts";
import { meanReversion } from "./mean-reversion.ts";
import { supportResistance } from "./support-resistance.ts";
import { volumePattern } from "./volume-pattern.ts";

/** Signs by the indicator that gives them. */
interface Signs {
  readonly from: Indicator;
  readonly buy: readonly string[];
  readonly sell: readonly string[];
}

function allSigns(): readonly Signs[] {
  const level = { buy: ["nearSupport"], sell: ["nearResistance"] };
  const reversion = { buy: ["oversold", "reverting"], sell: ["overbought"] };
  return [
    { from: supportResistance(20), ...level },
    { from: supportResistance(50), ...level },
    { from: meanReversion(20), ...reversion },
    { from: meanReversion(50), ...reversion },
    { from: volumePattern(), buy: ["bullish"], sell: [] },
    { from: candlePattern(), buy: ["hammer", "bullishEngulfing"], sell: ["shootingStar", "bearishEngulfing"] },
    { from: divergence(), buy: ["bullish"], sell: ["bearish"] },
    { from: bollingerPattern(), buy: ["touchLower"], sell: ["touchUpper"] },
  ];
}

/** Columns of the signs in a set that names the blocks so; the buying ones first. */
export const signColumns = {
  buy: [
    "levels20.nearSupport",
    "levels50.nearSupport",
    "reversion20.oversold",
    "reversion20.reverting",
    "reversion50.oversold",
    "reversion50.reverting",
    "volume.bullish",
    "candle.hammer",
    "candle.bullishEngulfing",
    "divergence.bullish",
    "bollinger20.touchLower",
  ],
  sell: [
    "levels20.nearResistance",
    "levels50.nearResistance",
    "reversion20.overbought",
    "reversion50.overbought",
    "candle.shootingStar",
    "candle.bearishEngulfing",
    "divergence.bearish",
    "bollinger20.touchUpper",
  ],
} as const;

/** Writes buy, buyShare, sell, sellShare and signal. */
export function writeScores(into: Float64Array, at: number, buy: number, sell: number): void {
  const buyShare = buy / signColumns.buy.length;
  const sellShare = sell / signColumns.sell.length;
  into[at] = buy;
  into[at + 1] = buyShare;
  into[at + 2] = sell;
  into[at + 3] = sellShare;
  into[at + 4] = buyShare - sellShare;
}

/**
 * buy = how many of 11 signs speak for buying, sell = how many of 8 for selling, buyShare = buy / 11, sellShare = sell / 8,
 * signal = buyShare − sellShare. The signs are those of Ploutos V6 (near support or resistance of 20 and 50 bars; oversold,
 * overbought and reverting over 20 and 50; volume on a rise; hammer, shooting star, engulfing; divergence; a band touched).
 */
export function entryScore(): Indicator {
  const signs = allSigns();
  const said = signs.map(({ from }) => new Float64Array(from.outputs.length));
  const places = (side: "buy" | "sell"): Uint8Array[] =>
    signs.map(({ from, ...given }) => Uint8Array.from(given[side], (output) => from.outputs.indexOf(output)));
  const [buying, selling] = [places("buy"), places("sell")];
  const warmUpBars = Math.max(...signs.map(({ from }) => from.warmUpBars));
  const parts = signs.map(({ from }) => from);
  return indicator(["buy", "buyShare", "sell", "sellShare", "signal"], warmUpBars, parts, (bar, into, at) => {
    let [buy, sell] = [0, 0];
    for (let k = 0; k < parts.length; k++) {
      const numbers = said[k];
      parts[k].next(bar, numbers, 0);
      for (let i = 0; i < buying[k].length; i++) buy += numbers[buying[k][i]];
      for (let i = 0; i < selling[k].length; i++) sell += numbers[selling[k][i]];
    }
    writeScores(into, at, buy, sell);
  });
}

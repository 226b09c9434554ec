/** @file Forms of an indicator that keep their value when all prices, or all volumes, are multiplied by a constant. */
import { invariant } from "#base/invariant.ts";
import type { Bar } from "#domain/bar.ts";
import type { Indicator } from "./indicator.ts";
import { indicator } from "./indicator.ts";
import { remembering } from "./memory.ts";
import { rollingMean } from "./rolling-moments.ts";
import type { OfBar } from "./true-range.ts";
import { averageTrueRange, negligible } from "./true-range.ts";

/** value · multiplier + offset. */
export function rescaled(inner: Indicator, multiplier: number, offset = 0): Indicator {
  return indicator(inner.outputs, inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, into, at);
    for (let output = at; output < at + inner.outputs.length; output++)
      into[output] = into[output] * multiplier + offset;
  });
}

/** value / close, for values in price. */
export function perClose(inner: Indicator): Indicator {
  return indicator(inner.outputs, inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, into, at);
    for (let output = at; output < at + inner.outputs.length; output++) into[output] /= bar.close;
  });
}

/** value / ATR, for differences of prices; 0 where the ATR is negligible beside the close. */
export function perAtr(inner: Indicator, atrPeriod: number): Indicator {
  const averageRange = averageTrueRange(atrPeriod);
  return indicator(inner.outputs, Math.max(inner.warmUpBars, atrPeriod), [inner, averageRange], (bar, into, at) => {
    inner.next(bar, into, at);
    const atr = averageRange(bar);
    const unit = negligible(atr, bar.close) ? Infinity : atr;
    for (let output = at; output < at + inner.outputs.length; output++) into[output] /= unit;
  });
}

/** (close − value) / ATR, for prices; 0 where the ATR is negligible beside the close. */
export function closeAbove(inner: Indicator, atrPeriod: number): Indicator {
  const distance = indicator(inner.outputs, inner.warmUpBars, [inner], (bar, into, at) => {
    inner.next(bar, into, at);
    for (let output = at; output < at + inner.outputs.length; output++) into[output] = bar.close - into[output];
  });
  return perAtr(distance, atrPeriod);
}

/**
 * How an output is freed of its scale: `same` as it is, `hundredth` of a percentage, `perClose`, `perAtr`, or a price as
 * the distance of the close `above` it, or of it `beyond` the close, per ATR.
 */
export type Form = "same" | "hundredth" | "perClose" | "perAtr" | "above" | "beyond";

/** Each output in its own form, with one ATR for all; per ATR it is 0 where the ATR is negligible beside the close. */
export function inForms(inner: Indicator, forms: readonly Form[], atrPeriod = 14): Indicator {
  invariant(forms.length === inner.outputs.length, "each output has a form", { forms: forms.length });
  const averageRange = averageTrueRange(atrPeriod);
  const places = forms.flatMap((form, output) => (form === "same" ? [] : [output]));
  const freed = places.map((place) => forms[place]);
  const perRange = forms.some((form) => form === "above" || form === "beyond" || form === "perAtr");
  const warmUpBars = Math.max(inner.warmUpBars, perRange ? atrPeriod : 1);
  return indicator(inner.outputs, warmUpBars, [inner, averageRange], (bar, into, at) => {
    inner.next(bar, into, at);
    const atr = perRange ? averageRange(bar) : 0;
    const unit = negligible(atr, bar.close) ? Infinity : atr;
    for (let k = 0; k < freed.length; k++) {
      const place = at + places[k];
      const form = freed[k];
      const value = into[place];
      if (form === "above") into[place] = (bar.close - value) / unit;
      else if (form === "beyond") into[place] = (value - bar.close) / unit;
      else if (form === "perAtr") into[place] = value / unit;
      else if (form === "perClose") into[place] = value / bar.close;
      else into[place] = value / 100;
    }
  });
}

/** Mean volume of the last bars, the yardstick of volume. */
function meanVolume(period: number): OfBar {
  const average = rollingMean(period);
  return remembering([average], ({ volume }: Bar) => average(volume));
}

/** value / (ATR · mean volume), for changes of price times volume; 0 where nothing moves or nothing is traded. */
export function perForce(inner: Indicator, atrPeriod: number, volumePeriod: number): Indicator {
  const averageRange = averageTrueRange(atrPeriod);
  const averageVolume = meanVolume(volumePeriod);
  const warmUpBars = Math.max(inner.warmUpBars, atrPeriod, volumePeriod);
  return indicator(inner.outputs, warmUpBars, [inner, averageRange, averageVolume], (bar, into, at) => {
    inner.next(bar, into, at);
    const atr = averageRange(bar);
    const volume = averageVolume(bar);
    const unit = negligible(atr, bar.close) || volume === 0 ? Infinity : atr * volume;
    for (let output = at; output < at + inner.outputs.length; output++) into[output] /= unit;
  });
}

/** value · mean volume / ATR², for squares of prices per volume; 0 where nothing moves or nothing is traded. */
export function perEase(inner: Indicator, atrPeriod: number, volumePeriod: number): Indicator {
  const averageRange = averageTrueRange(atrPeriod);
  const averageVolume = meanVolume(volumePeriod);
  const warmUpBars = Math.max(inner.warmUpBars, atrPeriod, volumePeriod);
  return indicator(inner.outputs, warmUpBars, [inner, averageRange, averageVolume], (bar, into, at) => {
    inner.next(bar, into, at);
    const atr = averageRange(bar);
    const volume = averageVolume(bar);
    const unit = negligible(atr, bar.close) ? 0 : volume / atr / atr;
    for (let output = at; output < at + inner.outputs.length; output++) into[output] *= unit;
  });
}

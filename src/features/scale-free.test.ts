/** @file The scale-free forms are what their formulas say, and keep the longest warm-up. */
import { expect, test } from "vitest";
import type { Bar } from "#domain/bar.ts";
import { barsFrom } from "#domain/bar.ts";
import type { Indicator } from "./indicator.ts";
import { indicator, indicatorColumns } from "./indicator.ts";
import { atr } from "./indicators/average-true-range.ts";
import { sampleBars, stillBars } from "./sample-bars.ts";
import { closeAbove, perAtr, perClose, rescaled } from "./scale-free.ts";

/** The open, and twice the open, known from bar `warmUpBars` on. */
function opens(warmUpBars: number): Indicator {
  return indicator(["once", "twice"], warmUpBars, [], (bar, into, at) => {
    into[at] = bar.open;
    into[at + 1] = 2 * bar.open;
  });
}

const bars = sampleBars(40);
const ranges = indicatorColumns(atr(14), barsFrom(bars));

const forms: Record<
  string,
  { form: Indicator; warmUpBars: number; value: (bar: Bar, x: number, atr: number) => number }
> = {
  rescaled: { form: rescaled(opens(5), 3, -1), warmUpBars: 5, value: (_, x) => 3 * x - 1 },
  perClose: { form: perClose(opens(5)), warmUpBars: 5, value: (bar, x) => x / bar.close },
  "perAtr with a short inner warm-up": {
    form: perAtr(opens(5), 14),
    warmUpBars: 14,
    value: (_, x, range) => x / range,
  },
  "perAtr with a long inner warm-up": {
    form: perAtr(opens(20), 14),
    warmUpBars: 20,
    value: (_, x, range) => x / range,
  },
  closeAbove: { form: closeAbove(opens(5), 14), warmUpBars: 14, value: (bar, x, range) => (bar.close - x) / range },
};

test.each(Object.keys(forms))("%s", (name) => {
  const { form, warmUpBars, value } = forms[name];
  expect(form.outputs).toEqual(["once", "twice"]);
  expect(form.warmUpBars).toBe(warmUpBars);
  const said = indicatorColumns(form, barsFrom(bars));
  bars.forEach((bar, t) => {
    const known = t < warmUpBars - 1 ? [NaN, NaN] : [bar.open, 2 * bar.open].map((x) => value(bar, x, ranges[t]));
    known.forEach((number, output) => {
      if (Number.isNaN(number)) expect(said[2 * t + output]).toBeNaN();
      else expect(said[2 * t + output]).toBeCloseTo(number, 10);
    });
  });
});

test("counts a distance as 0 where the ATR is negligible beside the close", () => {
  const said = indicatorColumns(closeAbove(rescaled(opens(1), 0.9), 14), barsFrom(stillBars(40, 123.45, 10)));
  expect([...said.subarray(-2)].map((value) => value + 0)).toEqual([0, 0]);
});

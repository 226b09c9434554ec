/** @file Action sensitivity: how far what an agent prefers moves where a feature is one standard deviation higher or lower. */
import type { FeatureTable } from "#features/pipeline.ts";
import type { Preferences } from "#policy/preference.ts";
import type { BarRange } from "#data/split.ts";
import type { SeenDecision } from "#policy/integrated-gradients.ts";
import type { FeatureUnit } from "./importance.ts";
import { mean } from "./metrics.ts";

/** Bars that are asked: evenly over the tested ones, as many as tell a mean apart. */
const mostBars = 250;

/**
 * The mean absolute change of the preference over bars, instruments and both directions, for each unit. A unit moves as a whole: each
 * of its columns by its own deviation over the rows of `tested`, at every row of the window.
 */
export async function sensitivities(
  preferences: Preferences,
  decisions: readonly SeenDecision[],
  units: readonly FeatureUnit[],
  table: FeatureTable,
  tested: BarRange,
): Promise<Float64Array> {
  const step = Math.max(1, Math.ceil(decisions.length / mostBars));
  const asked = stacked(decisions.filter((_, n) => n % step === 0));
  const { preference: before } = await preferences.of(asked);
  const moves = new Float64Array(units.length);
  for (const [at, { columns }] of units.entries()) {
    for (const direction of [1, -1]) {
      const market = asked.market.slice();
      for (const column of columns) {
        const by = direction * deviation(table, column, tested);
        for (let place = column; place < market.length; place += table.columns) market[place] += by;
      }
      const { preference: after } = await preferences.of({ ...asked, market });
      moves[at] += mean(after.map((value, n) => Math.abs(value - before[n]))) / 2;
    }
  }
  return moves;
}

/** Decisions one after the other in one batch. */
function stacked(decisions: readonly SeenDecision[]): SeenDecision {
  const together = (name: keyof SeenDecision): Float32Array => {
    const rows = decisions.map((each) => each[name]);
    const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
    let at = 0;
    for (const row of rows) {
      all.set(row, at);
      at += row.length;
    }
    return all;
  };
  return {
    market: together("market"),
    account: together("account"),
    legal: together("legal"),
    chosen: together("chosen"),
  };
}

function deviation({ values, columns }: FeatureTable, column: number, { from, to }: BarRange): number {
  const rows = Float64Array.from({ length: to - from }, (_, n) => values[(from + n) * columns + column]);
  const centre = mean(rows);
  return Math.sqrt(mean(rows.map((value) => (value - centre) ** 2)));
}

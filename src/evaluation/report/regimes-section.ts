/** @file In which kinds of market it earned. */
import { leastRegimeBars } from "../regimes.ts";
import type { Regime, RegimeFigures } from "../regimes.ts";
import type { ReportData } from "../report-data.ts";
import { percent, whole } from "./format.ts";
import type { Cell, Section } from "./section.ts";
import { signedCell, tablePart } from "./section.ts";

const titles: Readonly<Record<Regime["group"], (name: string) => string>> = {
  trend: (name) => (name === "between" ? "between trend and range" : name),
  volatility: (name) => `${name} volatility`,
  year: (name) => name,
};

export function regimesSection({ regimes, verdict }: ReportData): Section | undefined {
  if (regimes === undefined || regimes.length === 0) return undefined;
  const baselines = Object.keys(regimes[0].baselines);
  return {
    title: "Kinds of market",
    note:
      "Bars parted by what was known at the close before each. Trend: ADX(14) of 25 and more, range: below 20 (Wilder, 1978). Volatility: " +
      "thirds of the deviation of the last 21 returns. Sharpe ratios; small print: the return over these bars alone. An edge that lives in one row only may be that row's luck.",
    parts: [
      tablePart(
        ["", "Bars", "Share", { text: verdict.agent, agent: true }, ...baselines],
        regimes.map(({ group, name, bars, share, agent, baselines: others }) => ({
          label: titles[group](name),
          cells: [
            whole(bars),
            percent(share, 0),
            { ...figures(agent), agent: true },
            ...baselines.map((baseline) => figures(others[baseline])),
          ],
        })),
      ),
    ],
  };
}

function figures({ sharpe, totalReturn }: RegimeFigures): Cell {
  const small = percent(totalReturn);
  if (sharpe === undefined) return { text: `not enough data (fewer than ${leastRegimeBars} bars)`, small };
  return { ...signedCell(sharpe), small };
}

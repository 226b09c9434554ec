/** @file Whether buys and sells were better timed than random ones. */
import type { ReportData } from "../report-data.ts";
import type { SideTiming } from "../timing.ts";
import { decimal, percent, whole } from "./format.ts";
import type { Row, Section } from "./section.ts";
import { tablePart } from "./section.ts";

export function timingSection({ timing }: ReportData): Section | undefined {
  if (timing === undefined) return undefined;
  const { horizonBars, atrMultiple } = timing.settings;
  return {
    title: "Timing of buys and sells",
    note:
      `A decision is good where the price goes ${decimal(atrMultiple, 1)} ATR its way before it goes as far against it, within ` +
      `${horizonBars} bars from the fill on; bad the other way round, neutral where it does neither. Lift is the share of good ones ` +
      "among good and bad over that of the same decisions at other bars. An agent may earn without it, so no verdict rests on it.",
    parts: [
      tablePart(
        ["", "Decided", "Good", "Bad", "Neutral", "Good share", "At random bars", "Lift", "p"],
        [sideRow("BUY", timing.buy), sideRow("SELL", timing.sell)],
      ),
      ...(timing.undecided === 0
        ? []
        : [
            {
              kind: "text",
              text: `Not counted: ${whole(timing.undecided)} fills of stops, targets and liquidations, which nobody decided at a bar.`,
            } as const,
          ]),
    ],
  };
}

function sideRow(label: string, { entries, good, bad, neutral, skill }: SideTiming): Row {
  const counts = [entries, good, bad, neutral].map(whole);
  if (!skill.known)
    return { label, cells: [...counts, { text: "not enough data", small: skill.reason }, "–", "–", "–"] };
  const { share, randomShare, lift, pValue } = skill.value;
  const bounds = `${decimal(lift.lower)} to ${Number.isFinite(lift.upper) ? decimal(lift.upper) : "any"}`;
  return {
    label,
    cells: [
      ...counts,
      percent(share),
      percent(randomShare),
      { text: decimal(lift.estimate), small: bounds },
      decimal(pValue, 3),
    ],
  };
}

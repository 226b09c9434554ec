/** @file How far equity fell, and the worst falls one by one. */
import type { ReportData } from "../report-data.ts";
import { day, percent, whole } from "./format.ts";
import { html } from "./html.ts";
import type { Section } from "./section.ts";
import { tablePart } from "./section.ts";

export function drawdownSection({ drawdowns, time }: ReportData): Section {
  const isIntraday = time.length > 1 && time[1] - time[0] < 82_800_000;
  const moment = (point: number): string =>
    isIntraday ? new Date(time[point]).toISOString().slice(0, 16).replace("T", " ") : day(time[point]);
  return {
    title: "Drawdown",
    note: "How far equity stood below its highest value so far: the loss of someone who joined at the worst moment. Click a name to show or hide it.",
    parts: [
      { kind: "drawing", html: html`<div class="chart" id="drawdown"></div>` },
      ...(drawdowns === undefined || drawdowns.length === 0
        ? []
        : [
            tablePart(
              ["The agent's worst falls", "From", "Lowest", "Back at", "Bars below", "Run"],
              drawdowns.map(({ depth, peak, trough, recovered, bars, label }) => ({
                label: percent(depth),
                cells: [
                  moment(peak),
                  moment(trough),
                  recovered === undefined ? "not yet" : moment(recovered),
                  whole(bars),
                  label,
                ],
              })),
            ),
          ]),
      ...(drawdowns?.length === 0 ? [{ kind: "text", text: "The agent's equity never fell." } as const] : []),
    ],
  };
}

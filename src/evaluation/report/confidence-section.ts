/** @file How far the agent's confidence can be believed, before and after calibration. */
import type { ReportConfidence, ReportData } from "../report-data.ts";
import { wilsonInterval } from "../statistics/wilson.ts";
import { decimal, percent, whole } from "./format.ts";
import { html } from "./html.ts";
import type { ReliabilityPoint } from "./reliability-chart.ts";
import { reliabilityChart } from "./reliability-chart.ts";
import type { Row, Section } from "./section.ts";
import { tablePart } from "./section.ts";

type Curve = ReportConfidence["reliability"];

const ofPositions =
  "decisions of the validation span that held a position through the next bar, least sure first, in up to ten bins. " +
  "Sure: the probability that the policy gave to what it chose. Right: the bar went the position's way.";

const ofVotes =
  "votes of BUY or SELL on labelled bars of the validation span, least sure first, in up to ten bins. " +
  "Sure: the probability that the trees gave to that class. Right: the label came out so.";

export function confidenceSection({ confidence }: ReportData): Section | undefined {
  if (confidence === undefined) return undefined;
  const { decisions, of, method, mended, ...stated } = confidence;
  const curves = [stated, mended].map(({ reliability }) => pointsOf(reliability));
  const span = spanOf(curves.flat());
  const rights = stated.reliability.reduce((sum, { right, count }) => sum + right * count, 0);
  const share = rights / decisions;
  const always = share * (1 - share);
  const useful =
    mended.brier < always
      ? "Calibrated, its confidence tells more than that"
      : "Calibrated, its confidence tells no more than that";
  const titles = [`As the policy states it`, `After ${method} calibration`];
  return {
    title: "How far its confidence can be believed",
    note:
      `${whole(decisions)} ${of === "votes" ? ofVotes : ofPositions} On the dashed line both agree. ` +
      "The bars are Wilson's 95 % intervals; they take decisions as independent, which those of several instruments at one bar are not" +
      `${of === "votes" ? ", nor labels that look at the same later bars" : ""}. ` +
      "Calibrated is each fifth of the span by what was learned on the others.",
    parts: [
      {
        kind: "text",
        text:
          `It was right in ${percent(share)} of all. ${useful}: Brier score ${decimal(mended.brier, 4)} ` +
          `against ${decimal(always, 4)} of who always says ${percent(share)}.`,
      },
      {
        kind: "drawing",
        html: html`<div class="pair">
          ${curves.map((points, which) =>
            reliabilityChart({ label: told(titles[which], points), title: titles[which], points, span }),
          )}
        </div>`,
      },
      tablePart(
        ["", "As stated", { text: "Calibrated", agent: true }],
        [
          {
            label: "Calibration error",
            meaning: "How far confidence is from the share that is right, on average over decisions.",
            cells: [percent(stated.error), { text: percent(mended.error), agent: true }],
          },
          {
            label: "Brier score",
            meaning:
              "Mean squared distance of confidence from what came, 1 for right and 0 for wrong: the lower, the better.",
            cells: [decimal(stated.brier, 4), { text: decimal(mended.brier, 4), agent: true }],
          },
        ],
      ),
      tablePart(
        ["Bin", "Sure", "Right", { text: "Sure, calibrated", agent: true }, { text: "Right, calibrated", agent: true }],
        rows(stated.reliability, mended.reliability),
      ),
    ],
  };
}

function pointsOf(curve: Curve): ReliabilityPoint[] {
  return curve.map(({ confidence, right, count }) => ({
    sure: confidence,
    right: wilsonInterval(Math.round(right * count), count),
  }));
}

/** Both axes of both drawings: wide enough for all, a little more, and never outside 0 and 1. */
function spanOf(points: readonly ReliabilityPoint[]): { readonly from: number; readonly to: number } {
  const values = points.flatMap(({ sure, right }) => [sure, right.lower, right.upper]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = 0.04 * (most - least);
  return { from: Math.max(0, least - room), to: Math.min(1, most + room) };
}

function told(title: string, points: readonly ReliabilityPoint[]): string {
  const each = points.map(({ sure, right }) => `${percent(sure, 0)} sure, ${percent(right.estimate, 0)} right`);
  return `${title}: ${each.join("; ")}`;
}

/** Bin by bin; of equal confidences one curve may have fewer bins than the other. */
function rows(stated: Curve, mended: Curve): Row[] {
  const cells = (curve: Curve, bin: number, agent: boolean): Row["cells"] => {
    if (bin >= curve.length) return ["", ""];
    const { confidence, right, count } = curve[bin];
    const { lower, upper } = wilsonInterval(Math.round(right * count), count);
    return [
      { text: percent(confidence), small: `n\u00a0=\u00a0${whole(count)}`, agent },
      { text: percent(right), small: `${percent(lower, 0)} to ${percent(upper, 0)}`, agent },
    ];
  };
  return Array.from({ length: Math.max(stated.length, mended.length) }, (_, bin) => ({
    label: `${bin + 1}`,
    cells: [...cells(stated, bin, false), ...cells(mended, bin, true)],
  }));
}

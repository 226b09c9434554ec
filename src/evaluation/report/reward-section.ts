/** @file Whether the reward pays for what earns. */
import type { ReportData } from "../report-data.ts";
import { decimal, percent, whole } from "./format.ts";
import type { Section } from "./section.ts";
import { signedCell, tablePart } from "./section.ts";

export function rewardSection({ reward, trades }: ReportData): Section | undefined {
  if (reward === undefined || reward.length === 0) return undefined;
  const flagged = reward.filter((each) => each.flagged).length;
  const which = reward.length === 1 ? "The reward" : `In ${flagged} of ${reward.length} runs the reward`;
  return {
    title: "Reward against profit",
    note: `What each stretch of ${reward[0].windowBars} tested bars would have been paid in training, against what it earned: their rank correlation (Spearman) is 1 where more reward always is more profit.`,
    parts: [
      {
        kind: "text",
        text:
          flagged === 0
            ? "The reward and the profit go the same way."
            : `Warning: ${which} paid while profit fell, or paid more the less was earned. What was learned may not be what is wanted.`,
      },
      tablePart(
        ["Run", "Rank correlation", "Stretches", "Paid for losing", "Reward in all", "Return in all", "Flagged"],
        reward.map(({ correlation, windows, paidForLosing, totalReward, totalReturn, flagged: is }, run) => ({
          label: trades[run]?.label ?? `${run + 1}`,
          cells: [
            correlation === undefined ? "not enough data" : signedCell(correlation),
            whole(windows),
            percent(paidForLosing, 0),
            decimal(totalReward, 3),
            signedCell(totalReturn, percent),
            is ? "yes" : "no",
          ],
        })),
      ),
    ],
  };
}

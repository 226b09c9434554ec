/** @file Winsorised: standard, after the rarest numbers at both ends were pulled in. */
import type { ColumnScale } from "./column-scale.ts";
import { quantile } from "./moments.ts";
import { standard } from "./standard.ts";

/** Share of the rows that is pulled in at each end. */
const tailShare = 0.01;

/** x held between the 1 % and 99 % quantiles of the rows, then less the mean and by the deviation of what that leaves. */
export function winsorised(sorted: Float64Array): ColumnScale {
  const lower = quantile(sorted, tailShare);
  const upper = quantile(sorted, 1 - tailShare);
  const { centre, scale } = standard(sorted.map((value) => Math.min(Math.max(value, lower), upper)));
  return { warp: { kind: "limits", lower, upper }, centre, scale };
}

/** @file How much one column tells of another, whatever the shape of what joins them. */
import { invariant } from "#base/invariant.ts";
import { binEdges, binOf } from "./bins.ts";

export interface MutualInformation {
  /** As estimated from the bins, in nats; above 0 also where nothing is told. */
  readonly nats: number;
  /** (Bx − 1)(By − 1) / 2n: what the estimate says on average of two columns that have nothing to do with each other. */
  readonly biasNats: number;
  /** nats − bias. Below 0 it means nothing was found. */
  readonly correctedNats: number;
}

/**
 * I = Σ p(x, y) ln(p(x, y) / p(x) p(y)) over up to `bins` × `bins` bins of equal counts. The estimate is biased upwards;
 * the bias is its first-order term (Miller, 1955; Panzeri and Treves, 1996).
 */
export function mutualInformation(x: Float64Array, y: Float64Array, bins: number): MutualInformation {
  invariant(x.length === y.length && x.length > 0, "two columns have the same rows", { x: x.length, y: y.length });
  const [edgesX, edgesY] = [binEdges(x, bins), binEdges(y, bins)];
  const [width, height] = [edgesX.length + 1, edgesY.length + 1];
  const joint = new Float64Array(width * height);
  const [ofX, ofY] = [new Float64Array(width), new Float64Array(height)];
  for (let row = 0; row < x.length; row++) {
    const [binX, binY] = [binOf(edgesX, x[row]), binOf(edgesY, y[row])];
    joint[binX * height + binY]++;
    ofX[binX]++;
    ofY[binY]++;
  }
  let nats = 0;
  joint.forEach((count, at) => {
    const expected = (ofX[Math.floor(at / height)] * ofY[at % height]) / x.length;
    if (count > 0) nats += (count / x.length) * Math.log(count / expected);
  });
  const biasNats = ((width - 1) * (height - 1)) / (2 * x.length);
  return { nats, biasNats, correctedNats: nats - biasNats };
}

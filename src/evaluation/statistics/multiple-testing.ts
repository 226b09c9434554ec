/** @file Many tests at once: p-values adjusted so that luck in one of them is not taken for a finding. */

/** Adjusted p-values, in the order given: reject where at most the level that is asked for. */
type Adjustment = (pValues: readonly number[]) => number[];

/** Family-wise, whatever the tests have to do with each other: p · m (Bonferroni, 1936). */
export const bonferroni: Adjustment = (pValues) => pValues.map((p) => Math.min(1, p * pValues.length));

/** Family-wise, whatever the tests have to do with each other, and never weaker than Bonferroni's (Holm, 1979). */
export const holm: Adjustment = (pValues) => stepDown(pValues, (place, m) => m - place);

/** Family-wise, for tests that are independent or positively dependent (Hochberg, 1988). */
export const hochberg: Adjustment = (pValues) => stepUp(pValues, (place, m) => m - place);

/** False-discovery rate, for tests that are independent or positively dependent (Benjamini and Hochberg, 1995). */
export const benjaminiHochberg: Adjustment = (pValues) => stepUp(pValues, (place, m) => m / (place + 1));

/** False-discovery rate, whatever the tests have to do with each other (Benjamini and Yekutieli, 2001). */
export const benjaminiYekutieli: Adjustment = (pValues) => {
  const harmonic = pValues.reduce((total, _, at) => total + 1 / (at + 1), 0);
  return stepUp(pValues, (place, m) => (harmonic * m) / (place + 1));
};

/** p times its factor, never less than that of a smaller p. */
function stepDown(pValues: readonly number[], factor: (place: number, m: number) => number): number[] {
  const order = ascending(pValues);
  const adjusted = pValues.slice();
  let least = 0;
  order.forEach(
    (at, place) => (adjusted[at] = least = Math.max(least, Math.min(1, pValues[at] * factor(place, order.length)))),
  );
  return adjusted;
}

/** p times its factor, never more than that of a larger p. */
function stepUp(pValues: readonly number[], factor: (place: number, m: number) => number): number[] {
  const order = ascending(pValues);
  const adjusted = pValues.slice();
  let most = 1;
  for (let place = order.length - 1; place >= 0; place--) {
    const at = order[place];
    adjusted[at] = most = Math.min(most, pValues[at] * factor(place, order.length));
  }
  return adjusted;
}

function ascending(pValues: readonly number[]): number[] {
  return pValues.map((_, at) => at).toSorted((one, other) => pValues[one] - pValues[other]);
}

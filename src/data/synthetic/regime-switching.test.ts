import { expect, test } from "vitest";
import { syntheticContract } from "../synthetic.contract.ts";
import { regimeSwitching } from "./regime-switching.ts";
import { closeReturns, estimates, expectTheory, mean } from "./statistics.fixture.ts";

const regimes = [
  { drift: 0.2, volatility: 1e-3, meanBars: 20 },
  { drift: 0, volatility: 1e-3, meanBars: 5 },
  { drift: -0.1, volatility: 1e-3, meanBars: 10 },
];
syntheticContract(regimeSwitching, { regimes: regimes.map((regime) => ({ ...regime, drift: regime.drift / 10 })) });

/** The regime of each bar, told by drifts that lie far apart. */
const paths = estimates(60, (seed) =>
  Array.from(closeReturns(regimeSwitching.create({ bars: 3001, seed }, { regimes }).bars[0]), (value) =>
    value > 0.1 ? 0 : value > -0.05 ? 1 : 2,
  ),
);

/** Lengths of the whole stays in a regime. */
const stays = (visited: readonly number[], regime: number): number[] => {
  const ends = visited.flatMap((now, t) => (t > 0 && now !== visited[t - 1] ? [t] : []));
  return ends.slice(1).flatMap((end, n) => (visited[ends[n]] === regime ? [end - ends[n]] : []));
};

test("stays in each regime as long as it says, with geometric lengths", () => {
  for (const [regime, { meanBars }] of regimes.entries()) {
    const lengths = paths.map((path) => stays(path, regime));
    expectTheory(
      lengths.map((values) => mean(values)),
      meanBars,
      0.05,
      `length of regime ${regime}`,
    );
    expectTheory(
      lengths.map((values) => mean(values.map((length) => (length === 1 ? 1 : 0)))),
      1 / meanBars,
      0.1,
      `stays of one bar in regime ${regime}`,
    );
  }
});

test("takes the shares of time that follow, from the first bar on", () => {
  for (const [regime, { meanBars }] of regimes.entries()) {
    expectTheory(
      paths.map((path) => mean(path.map((now) => (now === regime ? 1 : 0)))),
      meanBars / 35,
      0.04,
      `share of regime ${regime}`,
    );
    const firsts = estimates(600, (seed) => {
      const { bars } = regimeSwitching.create({ bars: 1, seed }, { regimes });
      const value = Math.log(bars[0].close[0] / 100);
      return (value > 0.1 ? 0 : value > -0.05 ? 1 : 2) === regime ? 1 : 0;
    });
    expectTheory(firsts, meanBars / 35, 0.12, `first regime ${regime}`);
  }
});

test("refuses a single regime", () => {
  const one = { regimes: [{ drift: 0, volatility: 0.01, meanBars: 10 }] };
  expect(() => regimeSwitching.create({ bars: 2, seed: 1 }, one)).toThrow("regime-switching.regimes");
});

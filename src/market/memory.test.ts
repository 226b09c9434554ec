import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** Runs in a process of its own, where nothing else makes objects. `actions` names the space. */
const measure = (actions: string): string => `
import { randomWalk } from "#data/synthetic.ts";
import { actionBuffer, stepBuffers } from "#env/vector.ts";
import { freeAccount } from "#market/account-rules.ts";
import { actingOf } from "#market/action-spaces.ts";
import { indexFundCosts } from "#market/costs.ts";
import { defaultSizing } from "#market/sizing.ts";
import { tradingEnv } from "#market/trading-env.ts";
import { createMarket } from "#market/world.ts";

const [lanes, rows, steps] = [16, 1000, 20_000];
const walk = randomWalk({ bars: rows, seed: 5, volatility: 0.02, instruments: 2 });
const plan = {
  sizing: { kind: "riskFraction", fraction: 0.01, most: 1 },
  stopAtr: 2,
  petitPoucet: { unit: "R", adds: [0.5, 1], automatic: true, riskCapped: true, leastStopAtr: 0.25 },
  trailingStop: { activation: 1, activationUnit: "R", distanceAtr: 2, step: 0.25, stepUnit: "atr" },
  hedging: { mode: "reduce", enter: 0.7, exit: 0.5, bars: 3 },
};
const settings = { levels: [-1, 0, 1], bracket: { stopsAtr: [1], targetsAtr: [2] }, plan };
const env = tradingEnv({
  market: createMarket(walk, indexFundCosts, defaultSizing),
  table: { values: new Float32Array(rows), rows, columns: 1 },
  lookbackBars: 1,
  acting: actingOf("${actions}", settings, walk.instruments, freeAccount),
  lanes,
  from: 10,
  to: rows,
  episodeBars: 250,
  capital: 100_000,
  ruinFraction: 0.3,
});
const buffers = stepBuffers(lanes, env.observationSpace, env.actionSpace);
const actions = actionBuffer(lanes, env.actionSpace);
const size = env.actionSpace.sizes[0];
env.reset(1, buffers);
const play = () => {
  for (let step = 0; step < steps; step++) {
    for (let at = 0; at < actions.length; at++) {
      const wish = (step + at) % size;
      actions[at] = buffers.legal[at * size + wish] === 1 ? wish : 0;
    }
    env.step(actions, buffers);
  }
  gc();
  return process.memoryUsage().heapUsed;
};
const compiled = play();
console.log((play() - compiled) / (steps * lanes));
`;

test.each(["levels", "gemini-6"])("a step of the trading env keeps no memory, acting by %s", (actions) => {
  const output = execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "--eval", measure(actions)], {
    encoding: "utf8",
  });
  expect(output).toMatch(/^-?\d/);
  expect(Number(output), "bytes a lane and step; one number kept in each step of 16 lanes would be 0.5").toBeLessThan(
    0.2,
  );
});

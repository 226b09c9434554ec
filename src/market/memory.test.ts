import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** Runs in a process of its own, where nothing else makes objects. */
const measure = `
import { randomWalk } from "#data/synthetic.ts";
import { actionBuffer, stepBuffers } from "#env/vector.ts";
import { levelActing } from "#market/actions/levels.ts";
import { indexFundCosts } from "#market/costs.ts";
import { defaultSizing } from "#market/sizing.ts";
import { tradingEnv } from "#market/trading-env.ts";
import { createMarket } from "#market/world.ts";

const [lanes, rows, steps] = [16, 1000, 20_000];
const env = tradingEnv({
  market: createMarket(randomWalk({ bars: rows, seed: 5, volatility: 0.02, instruments: 2 }), indexFundCosts, defaultSizing),
  table: { values: new Float32Array(rows), rows, columns: 1 },
  lookbackBars: 1,
  acting: levelActing([-1, 0, 1], 2),
  lanes,
  from: 10,
  to: rows,
  episodeBars: 250,
  capital: 100_000,
  ruinFraction: 0.3,
});
const buffers = stepBuffers(lanes, env.observationSpace, env.actionSpace);
const actions = actionBuffer(lanes, env.actionSpace);
env.reset(1, buffers);
const play = () => {
  for (let step = 0; step < steps; step++) {
    for (let at = 0; at < actions.length; at++) actions[at] = (step + at) % 3;
    env.step(actions, buffers);
  }
  gc();
  return process.memoryUsage().heapUsed;
};
const compiled = play();
console.log((play() - compiled) / (steps * lanes));
`;

test("a step of the trading env keeps no memory", () => {
  const output = execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "--eval", measure], {
    encoding: "utf8",
  });
  expect(output).toMatch(/^-?\d/);
  expect(Number(output), "bytes a lane and step; one number kept in each step of 16 lanes would be 0.5").toBeLessThan(
    0.2,
  );
});

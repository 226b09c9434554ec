/** @file How fast SAC learns Pendulum with one update for each step, beside PyTorch doing the same updates without an env. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createSac, sacDefaults } from "#agents/sac.ts";
import { toys } from "#env/toys/toys.ts";
import { vectorEnv } from "#env/vector.ts";
import type { Figure } from "./figure.ts";

const peer = fileURLToPath(new URL("peers/sac_update.py", import.meta.url));

/** Each is tried, for us and for PyTorch; the faster one counts. */
const threadsTried = [1, 2];
const rounds = 3;
const secondsEach = 4;

/** Steps and then as many updates; 1 is one call for each update. */
const phases = [1, sacDefaults.rolloutSteps];

/** Env steps a second, acting, remembering and one update of 256 for each step included, on one lane. */
async function stepsPerSecond(rolloutSteps: number, threads: number): Promise<number> {
  const config = { ...sacDefaults, rolloutSteps, threads, learningStarts: 512, capacity: 100_000 };
  const learner = await createSac(vectorEnv(toys.pendulum(), 1), config, 1);
  while (learner.transitions < config.learningStarts + rolloutSteps) await learner.iterate();
  const [first, began] = [learner.transitions, performance.now()];
  while (performance.now() - began < secondsEach * 1000) await learner.iterate();
  const rate = (1000 * (learner.transitions - first)) / (performance.now() - began);
  await learner.dispose();
  return rate;
}

/** Updates a second of PyTorch on the machine's own Python and its BLAS; undefined where there is none. */
function torchUpdatesPerSecond(threads: number, foreach: boolean): { rate: number; version: string } | undefined {
  const asked = {
    threads,
    foreach,
    seconds: secondsEach,
    observation: 3,
    action: 1,
    batch: sacDefaults.minibatchSize,
    hidden: sacDefaults.network.hidden,
  };
  const count = String(threads);
  const env = { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count };
  for (const python of ["/usr/bin/python3", "python3"]) {
    const { status, stdout } = spawnSync(python, [peer, JSON.stringify(asked)], { encoding: "utf8", env });
    if (status !== 0) continue;
    const { updatesPerSecond, torch } = JSON.parse(stdout) as { updatesPerSecond: number; torch: string };
    return { rate: updatesPerSecond, version: torch };
  }
  return undefined;
}

/** Interleaved, best of three rounds each: others on the machine slow each of them down at times. */
export async function benchSacSpeed(): Promise<Figure> {
  const ours = new Map<string, number>();
  const theirs = new Map<string, number>();
  let version: string | undefined;
  const best = (of: Map<string, number>, name: string, rate: number): void =>
    void of.set(name, Math.max(of.get(name) ?? 0, rate));
  for (let round = 0; round < rounds; round++) {
    for (const threads of threadsTried) {
      for (const phase of phases) {
        best(ours, `K = ${phase}, ${threads} threads`, await stepsPerSecond(phase, threads));
      }
      for (const foreach of [true, false]) {
        const torch = torchUpdatesPerSecond(threads, foreach);
        if (torch === undefined) continue;
        version = torch.version;
        best(theirs, `${threads} threads, Adam ${foreach ? "for all tensors at once" : "one by one"}`, torch.rate);
      }
    }
  }
  const value = Math.max(...ours.values());
  const torch = Math.max(...theirs.values());
  const beside =
    version === undefined
      ? "PyTorch not measured"
      : `${(value / torch).toFixed(2)} × PyTorch ${version}, asked for 3 ×`;
  return {
    value,
    unit: `env steps/s with an update of 256 for each, 256-256; ${beside}`,
    ours: Object.fromEntries(ours),
    torchUpdatesPerSecond: Object.fromEntries(theirs),
  };
}

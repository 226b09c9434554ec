/** @file A thread of a boosting: takes tasks of the phase that is on, until it is told to end. */
import { parentPort, workerData } from "node:worker_threads";
import { workplace } from "#agents/boosting/memory.ts";
import { perform, phases } from "#agents/boosting/work.ts";
import type { CrewJob } from "./boosting-crew.ts";
import { control, take, waitWhile } from "./boosting-crew.ts";

const { memory, control: shared } = workerData as CrewJob;
const place = workplace(memory);
let turn = 0;
parentPort?.postMessage("ready");
while (true) {
  while (!waitWhile(shared, control.turn, turn, 1000));
  turn = Atomics.load(shared, control.turn);
  if (turn < 0) break;
  const phase = phases[Atomics.load(shared, control.phase)];
  const tasks = Atomics.load(shared, control.tasks);
  try {
    for (let task = take(shared); task < tasks; task = take(shared)) perform(place, phase, task);
  } catch {
    Atomics.add(shared, control.failed, 1);
  }
  Atomics.add(shared, control.idle, 1);
  Atomics.notify(shared, control.idle);
}

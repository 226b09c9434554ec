/** @file The door `ploutos/env`: the contract of a world, many lanes of it, and toys whose optimum is known. */
export { checkEnv } from "#env/check.ts";
export type { Checked, CreateEnv, EnvCheckSettings } from "#env/check.ts";
export type { Actions, Snapshot, StepBuffers, Transition, VectorEnv, World } from "#env/env.ts";
export { actionWidth, logitWidth, observationWidth } from "#env/space.ts";
export type { ActionSpace, ObservationSpace, Table } from "#env/space.ts";
export { actionBuffer, stepBuffers, vectorEnv } from "#env/vector.ts";
export { toys } from "#env/toys/toys.ts";

/** @file All toys by name: worlds small enough that the right behaviour is known. */
import type { World } from "../env.ts";
import { bandit } from "./bandit.ts";
import { cartpole } from "./cartpole.ts";
import { corridor } from "./corridor.ts";
import { pendulum } from "./pendulum.ts";
import { recall } from "./recall.ts";

export const toys = { bandit, corridor, cartpole, pendulum, recall } satisfies Record<
  string,
  () => World<Readonly<Record<string, number>>>
>;

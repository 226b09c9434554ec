/** @file Every synthetic market, by name. */
import { blockBootstrap } from "./block-bootstrap.ts";
import { correlated } from "./correlated.ts";
import { garch } from "./garch.ts";
import { geometricBrownian } from "./geometric-brownian.ts";
import { heston } from "./heston.ts";
import type { SyntheticKind } from "./kind.ts";
import { mertonJumps } from "./merton-jumps.ts";
import { ornsteinUhlenbeck } from "./ornstein-uhlenbeck.ts";
import { plantedSignal } from "./planted-signal.ts";
import { regimeSwitching } from "./regime-switching.ts";

export const syntheticKinds = {
  "geometric-brownian": geometricBrownian,
  "merton-jumps": mertonJumps,
  heston,
  garch,
  "regime-switching": regimeSwitching,
  "ornstein-uhlenbeck": ornsteinUhlenbeck,
  "block-bootstrap": blockBootstrap,
  correlated,
  "planted-signal": plantedSignal,
} as const satisfies Record<string, SyntheticKind>;

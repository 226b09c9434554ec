/** @file A planted signal: the volume of a bar says, with known strength, where the next bar goes. */
import { z } from "zod";
import type { Rng } from "#base/rng.ts";
import type { Bars } from "#domain/bar.ts";
import { movesPerBar, syntheticUniverse } from "../synthetic.ts";
import { syntheticKind } from "./kind.ts";
import { correlation, volatility } from "./settings.ts";

/**
 * r_{t+1} = volatility·(ρ·s_t + √(1 − ρ²)·z_{t+1}) with ρ = correlation and a signal s of mean 0 and variance 1 that is seen
 * at the close of t: ln(volume) = ln(10⁶) + 0.3·s. `normal`: s_{t+1} = a·s_t + √(1 − a²)·ε, a = persistence; `sign`: s is −1
 * or 1 and stays with the chance (1 + a)/2. Both have the autocorrelation aᵏ. The optimum: market/optimum/planted-signal.ts.
 */
export const plantedSignal = syntheticKind(
  "planted-signal",
  "The volume of each bar tells the next return, with known correlation.",
  z.strictObject({
    volatility,
    correlation: correlation.default(0.3).describe("correlation of the signal at t and the return of t + 1"),
    persistence: z.number().min(0).lt(1).default(0.9).describe("correlation of the signal from one bar to the next"),
    form: z.enum(["normal", "sign"]).default("normal").describe("a normal number, or −1 or 1"),
  }),
  (shape, settings) => {
    const { volatility: deviation, correlation: rho, persistence, form } = settings;
    const told = (deviation * rho) / movesPerBar;
    const each = deviation * Math.sqrt((1 - rho * rho) / movesPerBar);
    return syntheticUniverse("planted-signal", shape, (_, rng) => {
      let signal = nextSignal(0, 0, form, rng);
      return (path) => {
        for (let move = 1; move <= movesPerBar; move++) {
          path[move] = path[move - 1] + told * signal + each * rng.normal();
        }
        signal = nextSignal(signal, persistence, form, rng);
        return signal;
      };
    });
  },
);

function nextSignal(before: number, persistence: number, form: "normal" | "sign", rng: Rng): number {
  if (form === "normal") return persistence * before + Math.sqrt(1 - persistence * persistence) * rng.normal();
  const stays = rng.uniform() < (1 + persistence) / 2;
  return before === 0 ? (stays ? 1 : -1) : stays ? before : -before;
}

/** The signal at each bar's close `[T]`, read from the volume as an agent could; exact to 10⁻⁵. */
export function signalOf({ volume }: Bars): Float64Array {
  return Float64Array.from(volume, (units) => Math.log(units / 1e6) / 0.3);
}

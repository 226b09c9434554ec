/** @file Some instruments of a market alone: in the others there is nothing to choose but to leave them as they are. */
import { invariant } from "#base/invariant.ts";
import type { Acting } from "../acting.ts";

/**
 * The same space with the same observations, in which an instrument that is not active has one legal action.
 * @param active one for each instrument, which is one for each head
 * @param idle the number of the action that leaves a flat instrument flat
 */
export function partialActing(acting: Acting, active: readonly boolean[], idle: number): Acting {
  const { space } = acting;
  invariant(space.kind === "discrete", "instruments are left alone by choice", { space: acting.name });
  invariant(space.sizes.length === active.length, "there is one head for each instrument", {
    heads: space.sizes.length,
    instruments: active.length,
  });
  return {
    ...acting,
    masked: true,
    legal(moment, into, at) {
      if (acting.masked) acting.legal(moment, into, at);
      for (let head = 0, from = at; head < active.length; from += space.sizes[head++]) {
        if (active[head]) {
          if (!acting.masked) into.fill(1, from, from + space.sizes[head]);
          continue;
        }
        into.fill(0, from, from + space.sizes[head]);
        into[from + idle] = 1;
      }
    },
  };
}

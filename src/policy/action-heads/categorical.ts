/** @file A head of choices: logits of one or several categorical distributions, masked or not. */
import { orthogonal } from "#tensor/initialisers.ts";
import { linear } from "#tensor/layers.ts";
import type { ActionHead } from "../action-head.ts";
import { chosenLogProbability, entropies, logProbabilities, normalisedEntropy, sample } from "../categorical.ts";

/** One choice of each of `sizes`; a choice is remembered as a one-hot `[Σ sizes]`. */
export function categoricalHead(sizes: readonly number[]): ActionHead {
  const parts = sizes.length;
  const width = sizes.reduce((sum, size) => sum + size, 0);
  return {
    answers: "logits",
    parts,
    keptWidth: width,
    create(layout, name, inputs) {
      const apply = linear(layout, name, inputs, width, { weight: orthogonal(0.01) });
      return (hidden, parameters) => ({ logits: apply(hidden, parameters) });
    },
    answer: ({ logits }) => logits,
    judge({ logits }, kept, legal) {
      const logProbability = logProbabilities(logits, sizes, legal);
      return {
        logProbability: chosenLogProbability(logProbability, kept),
        entropies: entropies(logProbability, sizes),
      };
    },
    draw({ logits }, lane, legal, rng, actions, kept, keptAt) {
      const from = lane * parts;
      const logProbability = sample(logits, legal, lane * width, sizes, rng, actions as Int32Array, from);
      kept.fill(0, keptAt, keptAt + width);
      for (let head = 0, offset = keptAt; head < parts; offset += sizes[head++])
        kept[offset + actions[from + head]] = 1;
      return logProbability;
    },
    writeUnsure: ({ logits }, lane, legal, into) =>
      normalisedEntropy(logits, legal, lane * width, sizes, into, lane * parts),
  };
}

/** @file The battery. To add a check: a file in `checks/`, a line here, a test that plants what it is for. */
import type { LeakCheck } from "./finding.ts";
import { futurePermutation } from "./checks/future-permutation.ts";
import { labelShuffle } from "./checks/label-shuffle.ts";
import { ledgerIdentity } from "./checks/ledger-identity.ts";
import { oneBarLag } from "./checks/one-bar-lag.ts";
import { oracleLearnability } from "./checks/oracle-learnability.ts";
import { plantedLeaks } from "./checks/planted-leaks.ts";
import { randomWalk } from "./checks/random-walk.ts";
import { scalerFold } from "./checks/scaler-fold.ts";
import { trainAndServe } from "./checks/train-and-serve.ts";
import { truncation } from "./checks/truncation.ts";
import { warmUp } from "./checks/warm-up.ts";

export const leakChecks = {
  "future-permutation": futurePermutation,
  truncation,
  "one-bar-lag": oneBarLag,
  "planted-leaks": plantedLeaks,
  "scaler-fold": scalerFold,
  "warm-up": warmUp,
  "ledger-identity": ledgerIdentity,
  "train-and-serve": trainAndServe,
  "random-walk": randomWalk,
  "label-shuffle": labelShuffle,
  "oracle-learnability": oracleLearnability,
} satisfies Record<string, LeakCheck>;

export type LeakCheckName = keyof typeof leakChecks;

export const leakCheckNames = Object.keys(leakChecks) as [LeakCheckName, ...LeakCheckName[]];

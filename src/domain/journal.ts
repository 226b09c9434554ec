/** @file What must be written down, in order, before the world hears of it. */
import type { Fill } from "./fill.ts";
import type { Order, OrderId } from "./order.ts";

/** Why the Guardian said no: a code and the numbers that led to it. */
export interface DenialRecord {
  readonly code: string;
  readonly [fact: string]: number | string;
}

/** One thing that happened, at `at` (Unix ms UTC, the market's time and not the machine's). */
export type JournalEntry =
  /** What the policy wanted after the bar that closed at `at`: target weights `[I]`, absent where it wants no change. */
  | { readonly kind: "decision"; readonly at: number; readonly weights: readonly number[] | undefined }
  /** The same in words `[I]`, with all that the trader remembers of its positions: from it a trader goes on after a crash. */
  | {
      readonly kind: "signals";
      readonly at: number;
      readonly signals: readonly string[];
      readonly memory: readonly number[];
    }
  /** Approved, and about to be sent. */
  | { readonly kind: "intent"; readonly at: number; readonly order: Order }
  | { readonly kind: "denied"; readonly at: number; readonly order: Order; readonly denials: readonly DenialRecord[] }
  | { readonly kind: "fill"; readonly at: number; readonly fill: Fill }
  /** An order that rests is about to be cancelled. */
  | { readonly kind: "cancel"; readonly at: number; readonly orderId: OrderId }
  /** The broker refused: the order is dead. */
  | { readonly kind: "rejected"; readonly at: number; readonly orderId: OrderId; readonly reason: string }
  /** Mark-to-market at the close of a bar. */
  | { readonly kind: "equity"; readonly at: number; readonly equity: number };

/** Append-only. `record` returns only when the entry is safe. */
export interface Journal {
  record(entry: JournalEntry): void;
}

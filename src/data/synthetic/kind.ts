/** @file The contract of a synthetic market: a law with settings that are checked, and bars that follow from shape and seed alone. */
import type { z } from "zod";
import { Failure } from "#base/failure.ts";
import type { Universe } from "#domain/universe.ts";
import type { SyntheticShape } from "../synthetic.ts";

/** What to make. */
export interface MarketShape extends SyntheticShape {
  /** Recorded bars that a resampled market is made from; the other kinds need none. */
  readonly like?: Universe | undefined;
}

/** One law. Settings are per bar and have defaults; each says its unit in its description. */
export interface SyntheticKind<Given extends object = object> {
  readonly name: string;
  /** One sentence, for people. */
  readonly summary: string;
  readonly settings: z.ZodType<object>;
  /** Instruments where the shape does not say. */
  readonly usualInstruments: number;
  /** @throws Failure config/invalid that names each setting that is wrong */
  create(shape: MarketShape, given: Given): Universe;
}

/** A kind from its schema and what it does with settings that passed it. */
export function syntheticKind<Schema extends z.ZodType<object, object>>(
  name: string,
  summary: string,
  settings: Schema,
  create: (shape: MarketShape, settings: z.output<Schema>) => Universe,
  usualInstruments = 1,
): SyntheticKind<z.input<Schema>> {
  return {
    name,
    summary,
    settings,
    usualInstruments,
    create(shape, given) {
      const parsed = settings.safeParse(given);
      if (!parsed.success) {
        const issues = parsed.error.issues.map(({ path, message }) => `${[name, ...path].join(".")}: ${message}`);
        throw new Failure("config/invalid", issues.join("; "));
      }
      return create(shape, parsed.data);
    },
  };
}

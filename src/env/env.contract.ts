/** @file What every `VectorEnv` must do; each env's own test calls it. */
import { describe, expect, test } from "vitest";
import type { CreateEnv, EnvCheckSettings } from "./check.ts";
import { checked, checkSettings, envChecks } from "./check.ts";

/** Registers one test for each check of `check.ts`. `create` makes an env with that many lanes and otherwise the same settings. */
export function envContract(name: string, create: CreateEnv, settings: EnvCheckSettings = {}): void {
  describe(`${name} keeps the contract of an env`, () => {
    test.each(envChecks)("$name", (check) => {
      const { passed, found } = checked(check, create, checkSettings(settings));
      expect(passed, found).toBe(true);
    });
  });
}

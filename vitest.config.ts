/** @file How the tests run: shuffled, in worker processes, with a summary line a machine can read. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "bench/**/*.test.ts"],
    sequence: { shuffle: true },
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

/** @file How the tests run: shuffled, in worker processes, with a summary line a machine can read. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** A file for the results as JSON, beside what is printed: continuous integration counts from it. */
const resultsFile = process.env["PLOUTOS_TEST_RESULTS"];

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "bench/**/*.test.ts"],
    sequence: { shuffle: true },
    pool: "forks",
    // Most of the time a test waits for the program that it started: a core for each file, and none left idle.
    maxWorkers: "100%",
    reporters: resultsFile ? ["default", ["json", { outputFile: resultsFile }]] : ["default"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Hundreds of tests start the program: what was compiled for one is there for the next.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "ploutos-compile-cache") },
  },
});

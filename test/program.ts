/** @file The program as a user runs it, each test file in a folder of its own. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";
import type { Bars } from "#domain/bar.ts";

/** What `node` is given to run the program from its sources. */
export const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty folder until the tests of the file have ended, and the program run in it. */
export function program(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `ploutos-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function ploutos(...args: readonly string[]): Outcome {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
    return { status, stdout, stderr };
  }

  /** What a command that must succeed says with `--json`. */
  function json<Result = Record<string, never>>(...args: readonly string[]): Result {
    const { status, stdout, stderr } = ploutos(...args, "--json");
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout) as Result;
  }

  /** Writes a file of daily bars, and folders that it needs; gives its name. */
  function writeBars(file: string, bars: Bars): string {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), dailyCsv(bars));
    return file;
  }

  const text = (path: string): string => readFileSync(join(folder, path), "utf8");
  const stored = <Content>(path: string): Content => JSON.parse(text(path)) as Content;
  return { folder, ploutos, json, writeBars, text, stored };
}

/** Daily bars as a CSV file. */
export function dailyCsv({ openTime, open, high, low, close, volume }: Bars): string {
  const rows = Array.from(openTime, (time, t) =>
    [new Date(time).toISOString().slice(0, 10), open[t], high[t], low[t], close[t], volume[t]].join(","),
  );
  return ["date,open,high,low,close,volume", ...rows].join("\n");
}

/** @file `ploutos doctor`: is everything there that the program is built on? */
import type { Command } from "commander";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { availableParallelism, freemem, tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "#base/failure.ts";
import { randomWalk } from "#data/synthetic.ts";
import { openBarStore } from "#storage/bar-store.ts";
import { openJournal } from "#storage/journal.ts";
import { input } from "#tensor/graph.ts";
import { compile } from "#tensor/onnx/session.ts";
import { add } from "#tensor/ops/elementwise.ts";
import { onnxRuntimeVersion } from "#training/code-version.ts";
import type { CommonOptions } from "../command.ts";
import { action, command } from "../command.ts";
import { table } from "../terminal.ts";

interface Check {
  readonly name: string;
  readonly good: boolean;
  readonly found: string;
}

const oldestNode = 24;
const leastFreeBytes = 512 * 1024 * 1024;

export function doctorCommand(): Command {
  return command("doctor", "Checks that this machine has what the program needs.", "ploutos doctor").action(
    action<CommonOptions>(async ({ options, terminal }) => {
      const folder = await mkdtemp(join(tmpdir(), "ploutos-doctor-"));
      try {
        const checks = [
          node(),
          await attempt("tensor run-time (onnxruntime-node)", tensors),
          await attempt("market data (DuckDB, Parquet)", () => bars(folder)),
          await attempt("journal (SQLite)", () => journal(folder)),
          await attempt("disk", disk),
          {
            name: "cores and memory",
            good: true,
            found: `${availableParallelism()} cores, ${Math.round(freemem() / 2 ** 30)} GiB free`,
          },
        ];
        const rows = checks.map(({ name, good, found }) => [good ? "ok" : "FAILED", name, found]);
        terminal.result({ checks, store: options.store }, table(["", "what", "found"], rows, 9));
        const bad = checks.filter(({ good }) => !good);
        if (bad.length > 0)
          throw new Failure("runtime/unsupported", bad.map(({ name, found }) => `${name}: ${found}`).join("; "));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }),
  );
}

function node(): Check {
  const major = Number(process.versions.node.split(".")[0]);
  return { name: `Node ${oldestNode} or newer`, good: major >= oldestNode, found: process.versions.node };
}

async function attempt(name: string, check: () => Promise<string>): Promise<Check> {
  try {
    return { name, good: true, found: await check() };
  } catch (error) {
    return { name, good: false, found: error instanceof Error ? error.message : String(error) };
  }
}

async function tensors(): Promise<string> {
  const x = input("x", [2]);
  const program = await compile({ sum: add(x, x) });
  const { sum } = await program.run({ x: Float32Array.of(1, 2) });
  await program.dispose();
  if (Number(sum[0]) !== 2 || Number(sum[1]) !== 4) throw new Error(`1 + 1 gave ${sum[0]}`);
  return `ONNX Runtime ${onnxRuntimeVersion()}`;
}

async function bars(folder: string): Promise<string> {
  const store = openBarStore(join(folder, "markets"));
  const walk = randomWalk({ bars: 10, volatility: 0.01, seed: 1 });
  await store.save(walk, [{ file: "doctor", sha256: "", notes: [], droppedBars: 0 }]);
  return `${(await store.load(walk.name)).openTime.length} bars written and read`;
}

async function journal(folder: string): Promise<string> {
  const book = openJournal(join(folder, "journal.sqlite"));
  book.record({ kind: "equity", at: 0, equity: 1 });
  const { length } = book.entries();
  book.close();
  return `${length} entry written and read`;
}

async function disk(): Promise<string> {
  const { bavail, bsize } = await statfs(process.cwd());
  if (bavail * bsize < leastFreeBytes) throw new Error(`only ${Math.round((bavail * bsize) / 2 ** 20)} MiB free here`);
  return `${Math.round((bavail * bsize) / 2 ** 30)} GiB free here`;
}

/** @file `npm run bench:published -- [--only dow30,eurusd] [--seeds 1,2,3] [--json] [--write]`: published protocols, on the same data. */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { terminal } from "#cli/terminal.ts";
import { writeFileWhole } from "#storage/atomic-file.ts";
import { dow30 } from "./dow30.ts";
import { eurusd } from "./eurusd.ts";
import { publishedPage } from "./page.ts";
import type { Protocol } from "./protocol.ts";
import { runProtocol } from "./run.ts";

const protocols = { dow30, eurusd } satisfies Record<string, Protocol>;

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(protocols).join(",") },
    seeds: { type: "string", default: "1,2,3,4,5" },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const names = options.only.split(",");
const seeds = options.seeds.split(",").map(Number);
const unknown = names.filter((name) => !Object.hasOwn(protocols, name));
if (unknown.length > 0 || seeds.some((seed) => !Number.isInteger(seed))) {
  process.stderr.write(`--only takes ${Object.keys(protocols).join(", ")}, --seeds whole numbers\n`);
  process.exit(1);
}

const screen = terminal(options);
const all: Record<string, unknown> = {};
const pages: string[] = [];
for (const name of names as (keyof typeof protocols)[]) {
  const protocol = protocols[name];
  const command = `npm run bench:published -- --only ${name} --seeds ${options.seeds}`;
  const result = await runProtocol(protocol, { seeds, workers: availableParallelism(), command }, screen);
  const page = publishedPage(protocol, result, command);
  pages.push(page);
  if (options.write) {
    await writeFileWhole(fileURLToPath(new URL(`../../docs/results/${name}.md`, import.meta.url)), page);
  }
  all[name] = {
    references: result.references,
    agents: result.reports.map(({ verdict, contenders }) => ({
      verdict,
      contenders: contenders.map(({ name: contender, role, metrics, runs }) => ({
        name: contender,
        role,
        metrics,
        sharpeBySeed: role === "agent" ? runs.map(({ sharpe }) => sharpe) : undefined,
      })),
    })),
  };
}
screen.result(all, pages.join("\n"));

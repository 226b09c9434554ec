/** @file What the program says: results on standard output, progress on standard error, one JSON object where asked. */
import { Presets, SingleBar } from "cli-progress";
import Table from "cli-table3";
import { stopwatch } from "#base/clock.ts";

/** Where a command writes to. */
export interface Terminal {
  /** For people: not shown with `--json`. */
  say(text: string): void;
  /** The result: as text for people, as one JSON object with `--json`. */
  result(value: unknown, text: string): void;
  /** What should not wait for the result: on standard error, with `--json` too. */
  warn(text: string): void;
  /** A bar that says what is happening and how long it still takes. */
  progress(what: string, total: number): Progress;
}

interface Progress {
  /** `done` of `total`; `detail` replaces the last one. */
  update(done: number, detail?: string): void;
  stop(): void;
}

/** Lines of a progress that nobody watches live are this far apart. */
const quietIntervalMs = 5000;

/** A terminal on this process's streams. */
export function terminal({ json }: { readonly json: boolean }): Terminal {
  return {
    say: (text) => void (json || process.stdout.write(`${text}\n`)),
    warn: (text) => void process.stderr.write(`${text}\n`),
    result: (value, text) => void process.stdout.write(json ? `${JSON.stringify(value, undefined, 2)}\n` : `${text}\n`),
    progress: (what, total) => (process.stderr.isTTY ? liveBar(what, total) : quietLines(what, total)),
  };
}

/** Shows what is under way while it is, where nobody can tell how far it is. */
export async function shownWhile<Result>(screen: Terminal, what: string, work: () => Promise<Result>): Promise<Result> {
  const bar = screen.progress(what, 1);
  try {
    return await work();
  } finally {
    bar.stop();
  }
}

/** Does the same with each of a list, and shows how far it is. */
export function eachShown<Item, Result>(
  screen: Terminal,
  what: string,
  items: readonly Item[],
  { nameOf, work }: { readonly nameOf: (item: Item) => string; readonly work: (item: Item, at: number) => Result },
): Result[] {
  const bar = screen.progress(what, items.length);
  try {
    return items.map((item, at) => {
      bar.update(at, nameOf(item));
      return work(item, at);
    });
  } finally {
    bar.stop();
  }
}

function liveBar(what: string, total: number): Progress {
  const bar = new SingleBar(
    {
      format: `${what} {bar} {percentage}% · {remaining} {detail}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
    },
    Presets.shades_classic,
  );
  const elapsed = stopwatch();
  bar.start(total, 0, { remaining: "…", detail: "" });
  let last = "";
  return {
    update(done, detail = last) {
      last = detail;
      bar.update(Math.min(done, total), { remaining: remaining(elapsed(), done, total), detail });
    },
    stop: () => bar.stop(),
  };
}

function quietLines(what: string, total: number): Progress {
  const elapsed = stopwatch();
  let next = quietIntervalMs;
  return {
    update(done, detail = "") {
      if (elapsed() < next) return;
      next = elapsed() + quietIntervalMs;
      const share = Math.floor((100 * done) / total);
      process.stderr.write(`${what}: ${share} %, ${remaining(elapsed(), done, total)} ${detail}\n`);
    },
    stop: () => undefined,
  };
}

/** Nothing below one percent: what has just begun tells nothing of the rest. */
function remaining(elapsedMs: number, done: number, total: number): string {
  if (done < 0.01 * total) return "…";
  const seconds = Math.ceil((elapsedMs * (total - done)) / done / 1000);
  return seconds < 90 ? `${seconds} s to go` : `${Math.ceil(seconds / 60)} min to go`;
}

/** A table as text; numbers belong to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], rightFrom = 1): string {
  const drawn = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column >= rightFrom ? "right" : "left")),
    style: { head: [], border: [], compact: true },
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString();
}

export function percent(fraction: number | undefined, digits = 1): string {
  return fraction === undefined ? "–" : `${(100 * fraction).toFixed(digits)} %`;
}

export function fixed(value: number | undefined, digits = 2): string {
  return value === undefined ? "–" : value.toFixed(digits);
}

/** A moment as its UTC day. */
export function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** How long something takes, as coarsely as one wants to know it. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Env steps with a comma at each thousand. */
export function steps(count: number): string {
  return count.toLocaleString("en");
}

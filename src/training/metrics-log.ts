/** @file Metrics of a run as JSON lines, one line for each update. */
import { z } from "zod";
import { Failure } from "#base/failure.ts";
import { invariant } from "#base/invariant.ts";
import { readStored } from "#storage/stored-json.ts";
import { openAppendFile } from "./append-file.ts";

/** Numbers and short texts of one update, written in the order in which they were put in. */
export type MetricsLine = Readonly<Record<string, number | string>>;

export interface MetricsLog {
  /** Length of the file; `openMetricsLog` goes on from there. */
  readonly bytes: number;
  append(line: MetricsLine): void;
  flush(): void;
  close(): void;
}

/**
 * Opens a log of which the first `keepBytes` are kept: 0 for a new one. What was written after, torn lines included, is cut off.
 * @throws Failure storage/damaged-file when what should be kept is not there, storage/write-failed
 */
export async function openMetricsLog(path: string, keepBytes: number): Promise<MetricsLog> {
  if (keepBytes > 0) {
    const found = await readStored(path, () => damaged(path, `is missing; ${keepBytes} bytes were recorded`));
    if (found.length < keepBytes) throw damaged(path, `holds ${found.length} of the ${keepBytes} bytes recorded`);
    if (found[keepBytes - 1] !== newline) throw damaged(path, `has no end of a line at byte ${keepBytes}`);
    parsedLines(path, found.subarray(0, keepBytes));
  }
  const file = openAppendFile(path, "continue");
  file.cut(keepBytes);
  return {
    get bytes() {
      return file.bytes;
    },
    append(line) {
      for (const [name, value] of Object.entries(line)) {
        invariant(nameForm.test(name), "a metric's name starts with a letter, so that JSON keeps its place", { name });
        const safe = typeof value === "string" ? value.isWellFormed() : Number.isFinite(value);
        invariant(safe, "a metric is a finite number or a text", { metric: name, found: value });
      }
      file.append(`${JSON.stringify(line)}\n`);
    },
    flush: () => file.flush(),
    close: () => file.close(),
  };
}

/**
 * All lines of a log, also of a run that is under way or was killed: a last line without its end is left out.
 * @throws Failure storage/not-found, storage/damaged-file with the number of the line
 */
export async function readMetrics(path: string): Promise<MetricsLine[]> {
  const bytes = await readStored(path, () => new Failure("storage/not-found", `${path} is not there`, { file: path }));
  return parsedLines(path, bytes);
}

const newline = "\n".charCodeAt(0);
const nameForm = /^[A-Za-z]/;
const lineSchema = z.record(z.string(), z.union([z.number(), z.string()]));

function parsedLines(path: string, bytes: Buffer): MetricsLine[] {
  const whole = bytes.subarray(0, bytes.lastIndexOf(newline) + 1).toString("utf8");
  return whole
    .split("\n")
    .slice(0, -1)
    .map((text, at) => parsedLine(path, text, at + 1));
}

function parsedLine(path: string, text: string, number: number): MetricsLine {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(path, `line ${number} is not a line of metrics`, cause);
  }
}

function damaged(path: string, found: string, cause?: unknown): Failure {
  return new Failure("storage/damaged-file", `${path} ${found}`, { file: path, cause });
}

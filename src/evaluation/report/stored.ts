/** @file The report as JSON: written whole with its own hash, and read back only where nothing in it was changed. */
import { Failure } from "#base/failure.ts";
import { fileHash } from "#base/hash.ts";
import type { ReportData } from "../report-data.ts";

const formatVersion = 1;

/** The data as it is stored beside the page. A bound without limit becomes `null`, for JSON has no infinity. */
export function reportJson(data: ReportData): string {
  const sha256 = fileHash(JSON.stringify(data));
  return `${JSON.stringify({ formatVersion, sha256, ...data })}\n`;
}

/**
 * Report data from the text of a `report.json`; `file` names it.
 * @throws Failure storage/damaged-file where it is no report, is of another version of the format, or was changed
 */
export function storedReport(text: string, file: string): ReportData {
  const damaged = (found: string): Failure => new Failure("storage/damaged-file", `${file} ${found}`, { file });
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    throw damaged("is cut off or not JSON");
  }
  if (typeof stored !== "object" || stored === null || !("sha256" in stored)) {
    throw damaged("is no report, or one of an earlier version that carries no hash");
  }
  const { formatVersion: version, sha256, ...data } = stored as Record<string, unknown>;
  if (version !== formatVersion) throw damaged(`has format ${String(version)}, this version reads ${formatVersion}`);
  if (fileHash(JSON.stringify(data)) !== sha256) throw damaged("was changed after it was written");
  // The hash says that it is what `reportJson` was given.
  return unbounded(data) as ReportData;
}

/** Gives bounds without limit their infinity back, and takes what is absent from lists for absent. */
function unbounded(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(unbounded);
  if (typeof value !== "object") return value;
  const isInterval = "estimate" in value && "lower" in value && "upper" in value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (isInterval && inner === null) return [name, name === "lower" ? -Infinity : Infinity];
      return [name, unbounded(inner)];
    }),
  );
}

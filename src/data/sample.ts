/** @file Real bars that come with the installation, for the demo and for first steps. */
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { Failure } from "#base/failure.ts";
import type { BarsFile } from "./bars-file.ts";
import { readBarsFile } from "./bars-file.ts";

/**
 * Daily bars of the S&P 500 index, 2000-01-03 to 2020-04-17, from the npm package vega-datasets (BSD-3-Clause). They are
 * index levels: no dividends, and nothing that could be bought at that very price.
 * @throws Failure data/unreadable-file when the package is not installed.
 */
export async function sp500(): Promise<BarsFile> {
  const manifest = findPackageJSON("vega-datasets", import.meta.url);
  if (manifest === undefined) {
    throw new Failure("data/unreadable-file", "the package vega-datasets is not installed (`npm ci` does that)");
  }
  return readBarsFile(join(dirname(manifest), "data", "sp500-2000.csv"), { symbol: "SPX", calendar: "us-equities" });
}

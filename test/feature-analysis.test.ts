/** @file `ploutos features analyse` as a user meets it: the same whatever comes after the training fold, as JSON and as a page. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { randomWalk } from "#data/synthetic.ts";
import { program } from "./program.ts";

const { folder, ploutos } = program("analysis");

/** One of two instruments; from row 700 on prices depend on `later`. */
function market(name: string, later: number): void {
  const { bars } = randomWalk({ bars: 1000, volatility: 0.01, seed: 1, instruments: 2 });
  const files = bars.map(({ openTime, open, high, low, close, volume }, i) => {
    const rows = Array.from(openTime, (time, t) => {
      const prices = [open, high, low, close].map((column) => column[t] * (t < 700 ? 1 : later));
      return [new Date(time).toISOString().slice(0, 10), ...prices, volume[t]].join(",");
    });
    const file = join(folder, `S${i}.csv`);
    writeFileSync(file, ["date,open,high,low,close,volume", ...rows].join("\n"));
    return file;
  });
  expect(ploutos("data", "import", ...files, "--market", name).stderr).not.toContain("Invariant");
  lastTrained = new Date(bars[0].openTime[699]).toISOString().slice(0, 10);
}

let lastTrained = "";
beforeAll(() => {
  market("one", 1);
  market("other", 1.7);
});

interface Analysis {
  readonly market: string;
  readonly symbol: string;
  readonly rows: number;
  readonly features: readonly { readonly feature: string; readonly stability: readonly number[] }[];
  readonly clusters: readonly (readonly string[])[];
  readonly correlations: readonly number[];
}

function analyse(name: string, ...more: readonly string[]): Analysis {
  const { stdout, stderr } = ploutos(
    "features",
    "analyse",
    "--market",
    name,
    "--until",
    lastTrained,
    ...more,
    "--json",
  );
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Analysis;
}

test("says the same whatever comes after the training fold", () => {
  const one = analyse("one");
  expect({ ...analyse("other"), market: "one" }).toEqual(one);
  expect(one.symbol).toBe("S0");
  expect(one.rows).toBeLessThanOrEqual(700);
  expect(one.correlations).toHaveLength(one.features.length ** 2);
  expect(one.features.every(({ stability }) => stability.length === 3)).toBe(true);
  expect(analyse("one", "--symbol", "S1")).not.toEqual(one);
});

test("analyses a feature of one's own beside the set, joins it to what it repeats, and writes a page that names it", () => {
  writeFileSync(
    join(folder, "echo.ts"),
    `export const warmUpBars = 2;
     export const name = "<echo>";
     export const column = ({ close }: { close: Float64Array }) =>
       close.map((price, t) => (t === 0 ? NaN : price / close[t - 1] - 1));`,
  );
  const { features, clusters } = analyse("one", "--feature-file", "echo.ts", "--out", "page.html");
  expect(features.at(-1)!.feature).toBe("<echo>");
  const group = clusters.find((names) => names.includes("<echo>"))!;
  expect(group.length, "a log return says the same").toBeGreaterThan(1);
  const page = readFileSync(join(folder, "page.html"), "utf8");
  expect(page).toContain("&lt;echo&gt;");
  expect(page).not.toContain("<echo>");
  expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  for (const { feature } of features.slice(0, -1)) expect(page).toContain(feature);
  expect(page.match(/<rect /g)).toHaveLength(features.length ** 2);
});

test.each([
  [["--until", "2100-01-01", "--set", "nope"], /--set is nope, and must be one of first-light/],
  [["--until", "2100-01-01", "--symbol", "X"], /--symbol is X, and one has S0, S1/],
  [["--until", "1990-01-01"], /hold 0 bars/],
  [[], /--until/],
])("refuses %j", (args, message) => {
  const { status, stderr } = ploutos("features", "analyse", "--market", "one", ...args);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
});

test("refuses a fold that is shorter than the warm-up and what an analysis needs", () => {
  const early = ["--from", lastTrained, "--until", lastTrained];
  expect(ploutos("features", "analyse", "--market", "one", ...early).stderr).toMatch(
    /1 warm rows, an analysis needs 200/,
  );
});

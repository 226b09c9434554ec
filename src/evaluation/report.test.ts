/** @file The page: what it says, that nothing in it can break out, and that a browser draws it without asking anyone. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { chromium as chromiumPath, needs } from "../../test/requirements.ts";
import { reportFixture, wholeReportFixture } from "./report.fixture.ts";
import { reportHtml, reportJson } from "./report.ts";

const hostile = `<script>alert(1)</script>"><img src=x onerror=alert(2)>`;

test("puts the verdict first and says why", () => {
  const data = reportFixture({ bars: 300 });
  const page = reportHtml(data);
  expect(page).toMatch(new RegExp(`<h1[^>]*>\\s*${data.verdict.word}\\s*</h1>`));
  expect(page.indexOf("<h1")).toBeLessThan(page.indexOf("<h2"));
  for (const part of [data.runId, data.command, data.market.dataHash, data.codeVersion, data.warnings[0]]) {
    expect(page, part).toContain(part);
  }
  for (const { name } of data.contenders) expect(page, name).toContain(`>${name}</th>`);
});

test("shows what stress did only where there was some, with what each kind of event cost and what all of them did", () => {
  const data = reportFixture({ bars: 200 });
  expect(reportHtml(data)).not.toContain("Under stress");
  const calm = { sharpe: 1.25, maxDrawdown: 0.1, totalReturn: 0.2, ruined: false };
  const stressed = { sharpe: -0.75, maxDrawdown: 0.6, totalReturn: -0.55, ruined: true };
  const kinds = { gap: { events: 3, cost: 1200 }, reject: { events: 4, cost: -100 } };
  const stress = { preset: "noise-20", seed: 5, calm, stressed, events: 7, kinds, costElsewhere: 30 };
  const page = reportHtml({ ...data, stress });
  const text = page
    .slice(page.indexOf("<h2>Under stress</h2>"))
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");
  for (const said of [
    "7 events of noise-20",
    "1.25 −0.75",
    "20.0 % −55.0 %",
    "gap 3 1,200",
    "together 7 1,130",
    "no yes",
  ]) {
    expect(text).toContain(said);
  }
});

test("tells the trades of a short leg from those of the long one beside it", () => {
  const data = reportFixture({ bars: 200, seeds: 1 });
  expect(reportHtml(data)).not.toContain("Hollow ones");
  const [{ label, fills }] = data.trades;
  const legs = fills.map((fill) => ({ ...fill, leg: fill.side === "buy" ? ("long" as const) : ("short" as const) }));
  const page = reportHtml({ ...data, trades: [{ label, fills: legs }] });
  expect(page).toContain("Hollow ones are of the short position");
  const drawn = JSON.parse(/id="data"\s*>(.*?)<\/script>/s.exec(page)?.[1] ?? "");
  expect(drawn.trades[0].fills.map(({ leg }: { leg: string }) => leg)).toEqual(legs.map(({ leg }) => leg));
});

function printed(value: number): string {
  return value.toFixed(2).replace("-", "−");
}

test("shows the verdict's interval for the Sharpe ratio in the table too", () => {
  const data = reportFixture({ bars: 300 });
  const { lower, upper } = data.verdict.sharpe["buy and hold"];
  expect(reportHtml(data)).toContain(`<small>${printed(lower)} to ${printed(upper)}</small>`);
});

test("keeps everything that JSON can hold, and says null where a bound has no limit", () => {
  const data = reportFixture({ bars: 200 });
  expect(JSON.parse(reportJson(data))).toMatchObject(JSON.parse(JSON.stringify(data)));
  const unbounded = { ...data, verdict: { ...data.verdict, difference: { estimate: 1, lower: -Infinity, upper: 2 } } };
  expect(JSON.parse(reportJson(unbounded)).verdict.difference.lower).toBeNull();
  expect(reportHtml(unbounded), "drawn all the same").not.toContain("NaN");
});

test("escapes every text that comes from outside", () => {
  const data = reportFixture({ bars: 200, symbol: hostile, agentName: hostile });
  const page = reportHtml({
    ...data,
    runId: hostile,
    command: hostile,
    codeVersion: hostile,
    warnings: [hostile],
    settings: { [hostile]: hostile },
    market: { ...data.market, name: hostile, source: hostile, dataHash: hostile, quality: { [hostile]: 1 } },
  });
  expect(page).not.toContain("<script>alert");
  expect(page).not.toContain("<img");
  // The page's own: data, library, script.
  expect(page.match(/<script/g)).toHaveLength(3);
});

test("stays below 1.5 MB for 5,000 bars of eight contenders, and draws the deepest losses all the same", () => {
  const data = reportFixture({ bars: 5000, baselines: 7 });
  const page = reportHtml(data);
  expect(Buffer.byteLength(page)).toBeLessThan(1_500_000);
  const drawn = JSON.parse(/id="data"\s*>(.*?)<\/script>/s.exec(page)?.[1] ?? "");
  expect(drawn.time.length).toBeLessThanOrEqual(4000);
  expect(drawn.time[0]).toBe(data.time[0] / 1000);
  expect(drawn.time.at(-1)).toBe(data.time[5000] / 1000);
  data.contenders.forEach(({ drawdown, equity }, which) => {
    expect(Math.max(...drawn.contenders[which].drawdown)).toBeCloseTo(Math.max(...drawdown), 4);
    expect(drawn.contenders[which].equity.at(-1)).toBeCloseTo(equity[5000], -1);
    expect(drawn.contenders[which].equity).toHaveLength(drawn.time.length);
  });
});

test.skipIf(!needs.chromium())("opens from disk in a browser, draws its charts and lets no request out", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ploutos-report-"));
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"],
  });
  try {
    const data = wholeReportFixture({ bars: 400, symbol: hostile, agentName: hostile });
    const file = join(folder, "report.html");
    writeFileSync(file, reportHtml(data));
    for (const width of [1280, 390]) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("dialog", (dialog) => complaints.push(dialog.message()));
      page.on("request", (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector("#price canvas");
      expect(await page.locator("h1").innerText()).toBe(data.verdict.word);
      expect(await page.locator("h1").isVisible()).toBe(true);
      expect(await paintedCharts(page)).toEqual({ equity: true, drawdown: true, price: true });
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(overflow, `no sideways scroll at ${width} px`).toBe(0);

      const before = await page.evaluate("document.querySelector('#equity canvas').toDataURL()");
      await page.locator("#log").click();
      expect(await page.evaluate("document.querySelector('#equity canvas').toDataURL()")).not.toBe(before);
      await page.locator("#run").selectOption("2");
      expect(await page.locator("#trade-count").innerText()).toBe(`${data.trades[2].fills.length} trades`);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([pathToFileURL(file).href]);
      await page.close();
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});

/** Whether each chart shows more than one colour. */
async function paintedCharts(page: { evaluate: (script: string) => Promise<unknown> }): Promise<unknown> {
  return page.evaluate(`Object.fromEntries(["equity", "drawdown", "price"].map((id) => {
    const canvas = document.querySelector("#" + id + " canvas");
    const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return [id, new Set(pixels).size > 10];
  }))`);
}

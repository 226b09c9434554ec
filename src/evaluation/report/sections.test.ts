/** @file Sections: each is drawn as a page and as Markdown from the same data, and what is not there is not drawn. */
import { expect, test } from "vitest";
import { reportFixture, wholeReportFixture } from "../report.fixture.ts";
import { reportHtml, reportJson, reportMarkdown, storedReport } from "../report.ts";
import { drawnSection } from "./draw-section.ts";
import { markdownSection } from "./markdown.ts";
import { sections } from "./sections.ts";

const hostile = '<img src=x onerror=alert(1)> | "pipe" [link](x) `tick';
const whole = wholeReportFixture({ bars: 300 });

test("every section has something to say of a whole report, on the page and in Markdown", () => {
  const page = reportHtml(whole);
  const markdown = reportMarkdown(whole);
  for (const section of sections) {
    const described = section(whole)!;
    expect(described, section.name).toBeDefined();
    expect(page).toContain(`<h2>${described.title}</h2>`);
    expect(markdown).toContain(`## ${described.title}`);
  }
  const told = page.slice(page.indexOf("<main>"), page.indexOf("<footer>"));
  expect(/NaN|undefined/.exec(told)).toBeNull();
  expect(markdown).not.toMatch(/NaN|undefined/);
});

test("says what each part found", () => {
  const markdown = reportMarkdown(whole);
  for (const told of [
    "It breaks even at 3.0 basis points.",
    "Its Sharpe ratio is above that of flat at all of them.",
    "It collapsed in 1 of 2 copies of the market.",
    "Warning: The reward paid while profit fell",
    "Warning: it failed its leak battery (one-bar-lag).",
    "ppo: 1 passed, 1 failed, 1 not run.",
    "| one-bar-lag: failed | Looked at 3 fills. 2 of 3 are too early. |",
    "12 trials (9 that are not copies of each other): 15 trainings and 10 looks at test bars, of which 4 were at bars among these. This project's ledger counts them since 2026-01-03.",
    "The vault was opened 2 times, first on 2026-01-01",
    "not enough data (fewer than 30 bars)",
    "800 decisions of the validation span",
    "| 25.0 % | 2006-",
    "not yet",
    "White's reality check, p: The older form of the same question",
    "Against each baseline. How probable so large a lead",
    "p, Benjamini-Hochberg",
    "Share above each Sharpe ratio, of ppo and of",
    "| Costs over gross gain |",
  ]) {
    expect(markdown.replaceAll("\u00a0", " ")).toContain(told);
  }
});

test("refuses in words what one seed cannot say, and still tests it against each baseline", () => {
  const alone = reportMarkdown(reportFixture({ bars: 300, seeds: 1 })).replaceAll("\u00a0", " ");
  expect(alone).toMatch(/\| Probability of improvement: Not enough data for this number: 2 seeds are needed\. \| – \|/);
  expect(alone).toMatch(/\| Probability of backtest overfitting: .*2 seeds are needed\. \| – \|/);
  expect(alone).toContain("Beaten (StepM)");
});

test("leaves out what nobody asked for, and says so", () => {
  const plain = reportFixture({ bars: 200 });
  const titles = sections.flatMap((section) => section(plain)?.title ?? []);
  for (const absent of ["At other costs", "With late orders", "Capacity", "Under stress", "Reward against profit"]) {
    expect(titles).not.toContain(absent);
  }
  expect(reportMarkdown(plain)).toContain("It was not traded at other costs");
  expect(reportMarkdown(plain)).toContain("verify was not run.");
  expect(reportMarkdown(plain)).toContain("It was not searched for leaks");
  expect(reportHtml(plain)).not.toContain("failed its leak battery");
  expect(reportHtml(whole)).toContain("failed its leak battery (one-bar-lag)");
  expect(reportMarkdown(plain)).toContain("Nobody counted");
});

test("a month of bars has no yearly numbers, on top, in the table or in Markdown", () => {
  const short = reportFixture({ bars: 20 });
  const page = reportHtml(short);
  const metrics = page.slice(page.indexOf("<h2>Metrics</h2>"), page.indexOf("<h2>Among random"));
  // Sharpe, return a year, volatility, Sortino and Calmar of five contenders.
  expect(metrics.match(/not enough data/g)).toHaveLength(25);
  expect(page.slice(0, page.indexOf("<h2>"))).toContain("<dd>not enough data</dd>");
  expect(reportMarkdown(short)).toContain("| Sharpe ratio | not enough data | not enough data |");
  expect(reportMarkdown(reportFixture({ bars: 200 }))).not.toContain("not enough data");
});

test("nothing breaks out of a cell, a list or a heading, in either form", () => {
  const section = {
    title: hostile,
    note: hostile,
    parts: [
      {
        kind: "table",
        table: { head: ["", hostile], rows: [{ label: hostile, cells: [hostile, { text: hostile }] }] },
      },
      { kind: "list", items: [hostile] },
      { kind: "facts", rows: [{ name: hostile, value: hostile }] },
    ],
  } as const;
  expect(drawnSection(section).html).not.toContain("<img");
  const lines = markdownSection(section).join("\n").split("\n");
  for (const line of lines) expect(line).not.toMatch(/(?<!\\)<img/);
  const row = lines.find((line) => line.startsWith("| \\<img"))!;
  expect(row.match(/(?<!\\)\|/g), "three cells have four bars").toHaveLength(4);
});

test("a command between backticks is code in both", () => {
  const section = { title: "A", parts: [{ kind: "text", text: "Run `ploutos demo --x_y` <now>." }] } as const;
  expect(drawnSection(section).html).toContain("<code>ploutos demo --x_y</code> &lt;now&gt;.");
  expect(markdownSection(section)[1]).toBe("Run `ploutos demo --x_y` \\<now\\>.");
});

test("what is stored is read back as it was, without bounds and with gaps, and draws the same page", () => {
  const unbounded = { estimate: 1, lower: -Infinity, upper: Infinity };
  const data = { ...whole, verdict: { ...whole.verdict, difference: unbounded } };
  const read = storedReport(reportJson(data), "report.json");
  expect(read.verdict.difference).toEqual(unbounded);
  expect(read.months).toEqual(whole.months);
  expect(reportHtml(read)).toBe(reportHtml(data));
  expect(reportMarkdown(read)).toBe(reportMarkdown(data));
  expect(reportJson(read)).toBe(reportJson(data));
});

test("a report that was changed, cut off or is none is refused", () => {
  const text = reportJson(whole);
  const refused = (changed: string) => () => storedReport(changed, "report.json");
  expect(refused(text.replace('"NO BEATS"', '"BEATS"').replace('"INCONCLUSIVE"', '"BEATS"'))).toThrow(/was changed/);
  expect(refused(text.slice(0, -20))).toThrow(/cut off/);
  expect(refused("{}")).toThrow(/no report/);
  expect(refused(text.replace('"formatVersion":1', '"formatVersion":7'))).toThrow(/format 7/);
});

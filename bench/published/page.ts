/** @file What a published protocol came to, as Markdown: theirs, ours, and what our statistics say. No prices are in it. */
import type { ReportData } from "#evaluation/report-data.ts";
import type { Protocol } from "./protocol.ts";
import type { PublishedResult } from "./run.ts";

const fixed = (value: number | undefined, digits = 2): string =>
  value === undefined || !Number.isFinite(value) ? "–" : value.toFixed(digits).replace("-", "−");
const percent = (value: number | undefined): string => (value === undefined ? "–" : `${fixed(100 * value, 1)} %`);

export function publishedPage(protocol: Protocol, { references, reports }: PublishedResult, command: string): string {
  return [
    `# ${protocol.title}`,
    "",
    `Made by \`${command}\`, which needs the bars. Version ${reports[0].codeVersion}.`,
    "",
    ...(references.length === 0 ? [] : [...referenceLines(references), ""]),
    ...contenderLines(protocol, reports),
    "",
    ...reports.flatMap((report) => [...verdictLines(report), ""]),
    "## What differs, and what not to conclude",
    "",
    ...protocol.differs.map((sentence) => `- ${sentence}`),
    "",
  ].join("\n");
}

function referenceLines(references: PublishedResult["references"]): string[] {
  return [
    "The same numbers from the same bars, before anything is learned:",
    "",
    "| | published | here |",
    "|---|---|---|",
    ...references.map(({ name, published, measured }) => `| ${name} | ${published} | ${fixed(measured, 6)} |`),
  ];
}

function contenderLines(protocol: Protocol, reports: readonly ReportData[]): string[] {
  const agents = reports.flatMap(({ contenders }) => contenders.filter(({ role }) => role === "agent"));
  const baselines = reports[0].contenders.filter(({ role }) => role === "baseline");
  const rows = [...agents, ...baselines].map(({ name, role, metrics, intervals, runs }) => {
    const seeds = runs.length === 1 ? "" : runs.map(({ sharpe }) => fixed(sharpe)).join(", ");
    const { sharpe } = intervals;
    const range = sharpe === undefined ? "–" : `${fixed(sharpe.lower)} … ${fixed(sharpe.upper)}`;
    const cells = [
      role === "agent" ? `**${name}**` : name,
      fixed(metrics.sharpe),
      range,
      percent(metrics.annualReturn),
      percent(metrics.maxDrawdown),
      fixed(metrics.turnover, 1),
      role === "agent" ? seeds : "",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const theirs = protocol.published.map(
    ({ name, sharpe, maxDrawdown, source }) =>
      `| ${name} (${source}) | ${fixed(sharpe, 3)} | | | ${percent(maxDrawdown)} | | |`,
  );
  return [
    "| after costs | Sharpe | 95 % interval | a year | drawdown | turnover a year | by seed |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    ...theirs,
  ];
}

function verdictLines({ verdict }: ReportData): string[] {
  return [`## ${verdict.agent}: ${verdict.word}`, "", ...verdict.reasons.map((reason) => `- ${reason}`)];
}

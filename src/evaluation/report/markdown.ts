/** @file The report as Markdown: what the page says, without its charts. */
import type { ReportData } from "../report-data.ts";
import { strongestReasons } from "../reasons.ts";
import { vaultMarks } from "../vault-note.ts";
import { day } from "./format.ts";
import { keyNumbers, meanings } from "./key-numbers.ts";
import { leakWarning } from "./leaks-section.ts";
import type { Cell, Fact, Heading, Section, SectionPart, Table } from "./section.ts";
import { sections } from "./sections.ts";

export function reportMarkdown(data: ReportData): string {
  const { verdict, market, time, lookAhead, vault } = data;
  const bests = data.contenders.find(({ name }) => name === verdict.bestBaseline);
  const warning = leakWarning(data);
  const top = [
    `# ${escaped(`${verdict.word}: ${verdict.agent} on ${market.name}`)}`,
    `${escaped(market.timeframe)} bars, tested ${day(time[1])} to ${day(time[time.length - 1])}. Does the agent beat the best simple alternative, after costs?`,
    `**${escaped(verdict.reasons[0])}**`,
    list(strongestReasons(data)),
    escaped(meanings[verdict.word]),
    ...(warning === undefined ? [] : [`**${escaped(warning)}**`]),
    ...(lookAhead === undefined ? [] : [escaped(lookAhead)]),
    ...vaultMarks(vault).map(escaped),
    markdownTable({
      head: ["", verdict.agent, ...(bests === undefined ? [] : [bests.name])],
      rows: keyNumbers(data).map(({ label, agent, best }) => ({ label, cells: [agent, best] })),
    }),
    list(verdict.reasons.slice(1)),
  ];
  const rest = sections.flatMap((section) => {
    const described = section(data);
    return described === undefined ? [] : markdownSection(described);
  });
  return `${[...top, ...rest].filter((part) => part !== "").join("\n\n")}\n`;
}

/** Headline, note and parts of a section, each a block of Markdown. */
export function markdownSection({ title, note, parts }: Section): string[] {
  return [`## ${escaped(title)}`, ...(note === undefined ? [] : [escaped(note)]), ...parts.map(markdownPart)];
}

function markdownPart(part: SectionPart): string {
  switch (part.kind) {
    case "text":
      return escaped(part.text);
    case "list":
      return list(part.items);
    case "table":
      return markdownTable(part.table);
    case "facts":
      return markdownTable({ head: [part.folded ?? "", ""], rows: part.rows.map(factRow) });
    case "drawing":
      return part.told === undefined ? "" : escaped(part.told);
  }
}

function factRow({ name, value }: Fact): { readonly label: string; readonly cells: readonly string[] } {
  return { label: name, cells: [value] };
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${escaped(item)}`).join("\n");
}

function markdownTable({ head, rows }: Table): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const texts = rows.map(({ label, said, cells }) =>
    line([escaped(said === undefined ? label : `${label}: ${said}`), ...cells.map(cellText)]),
  );
  return [line(head.map(headText)), line(head.map((_, at) => (at === 0 ? "---" : "---:"))), ...texts].join("\n");
}

function headText(given: string | Heading): string {
  return escaped(typeof given === "string" ? given : given.text);
}

function cellText(given: string | Cell): string {
  if (typeof given === "string") return escaped(given);
  return escaped(given.small === undefined ? given.text : `${given.text} (${given.small})`);
}

/** Text that Markdown takes as it is: on one line, no HTML, no tables, links or emphasis of its own; what stands between backticks is code. */
function escaped(text: string): string {
  const plain = (part: string): string => part.replace(/[\\*_[\]<>|#]/g, (character) => `\\${character}`);
  const parts = text.replace(/\s*\n\s*/g, " ").split("`");
  // An odd backtick begins nothing.
  if (parts.length % 2 === 0) return parts.map(plain).join("\\`");
  return parts.map((part, at) => (at % 2 === 0 ? plain(part) : `\`${part.replaceAll("|", "\\|")}\``)).join("");
}

/** @file The tables of the page: metrics, folds by seeds, costs, settings. */
import type { Interval } from "../bootstrap.ts";
import type { Metrics } from "../metrics.ts";
import type { Json, ReportContender, ReportData, ReportSpan } from "../report-data.ts";
import { day, decimal, moment, multiple, percent, whole } from "./format.ts";
import type { Html, Part } from "./html.ts";
import { html } from "./html.ts";

interface MetricRow {
  readonly name: keyof Metrics;
  readonly label: string;
  /** What it is, for a reader who never met it. */
  readonly meaning: string;
  readonly print: (value: number | undefined) => string;
}

const performanceRows: readonly MetricRow[] = [
  {
    name: "sharpe",
    label: "Sharpe ratio",
    meaning:
      "Mean return over its deviation, a year: what was earned for each unit of ups and downs. The verdict rests on it.",
    print: decimal,
  },
  {
    name: "annualReturn",
    label: "Return a year",
    meaning: "The steady yearly return that would have ended at the same place.",
    print: percent,
  },
  {
    name: "totalReturn",
    label: "Total return",
    meaning: "Gain over the whole span, as a share of the start.",
    print: percent,
  },
  {
    name: "volatility",
    label: "Volatility",
    meaning: "Deviation of the returns, a year: how much equity moves about.",
    print: percent,
  },
  {
    name: "sortino",
    label: "Sortino ratio",
    meaning: "As the Sharpe ratio, but only losses count as risk.",
    print: decimal,
  },
  {
    name: "maxDrawdown",
    label: "Maximum drawdown",
    meaning: "The deepest fall below an earlier high, as a share of that high.",
    print: percent,
  },
  {
    name: "maxDrawdownBars",
    label: "Longest drawdown",
    meaning: "The most bars spent below an earlier high.",
    print: (value) => `${whole(value)} bars`,
  },
  { name: "calmar", label: "Calmar ratio", meaning: "Return a year over the maximum drawdown.", print: decimal },
  { name: "exposure", label: "Exposure", meaning: "Share of bars in which a position was held.", print: percent },
  {
    name: "grossExposure",
    label: "Gross exposure",
    meaning: "Mean value of all positions over equity, long and short alike.",
    print: percent,
  },
  {
    name: "netExposure",
    label: "Net exposure",
    meaning: "The same with short positions against long ones: what a move of all prices would be felt by.",
    print: percent,
  },
];

const tradeRows: readonly MetricRow[] = [
  {
    name: "trades",
    label: "Round trips",
    meaning: "Positions, or parts of them, opened and closed again.",
    print: whole,
  },
  { name: "winRate", label: "Win rate", meaning: "Share of round trips that made money.", print: percent },
  {
    name: "profitFactor",
    label: "Profit factor",
    meaning: "Money won over money lost in closed round trips; above 1 is a gain.",
    print: decimal,
  },
  {
    name: "expectancyReturn",
    label: "Expectancy",
    meaning: "Mean profit of a round trip, as a share of the value at entry, after fees.",
    print: (value) => percent(value, 2),
  },
  {
    name: "expectancyMoney",
    label: "Expectancy, money",
    meaning: "Mean profit of a round trip in account currency, after fees.",
    print: whole,
  },
];

const costRows: readonly MetricRow[] = [
  {
    name: "turnover",
    label: "Turnover a year",
    meaning: "Value bought and sold in a year, over the mean equity: 2 × is one full exchange.",
    print: multiple,
  },
  { name: "costs", label: "Costs", meaning: "Fees, half spreads and slippage paid over the whole span.", print: whole },
  {
    name: "costShare",
    label: "Costs over gross gain",
    meaning: "How much of the gain before costs went to costs; none where there was no gain.",
    print: percent,
  },
  { name: "finalEquity", label: "Final equity", meaning: "What the account was worth at the end.", print: whole },
];

export function metricsSection(data: ReportData): Html {
  const seeds = data.contenders
    .filter(({ runs }) => runs.length > 1)
    .map(({ name, runs }) => `${runs.length} of ${name}`);
  const shared = seeds.length > 0 ? ` Means over runs (${seeds.join("; ")}).` : "";
  return html`<section>
    <h2>Metrics</h2>
    <p class="note">
      Small print: 95 % intervals by stationary bootstrap; for the drawdown, the range that the same returns give in
      other orders.${shared} Point at a name to read what it means.
    </p>
    ${metricTable(data, [...performanceRows, ...tradeRows])}
  </section>`;
}

export function costsSection(data: ReportData): Html {
  return html`<section>
    <h2>Costs and turnover</h2>
    <p class="note">
      All numbers on this page are after costs, and all contenders pay the same ones. Money in ${data.market.currency}.
    </p>
    ${metricTable(data, costRows)}
  </section>`;
}

function metricTable({ contenders, verdict }: ReportData, rows: readonly MetricRow[]): Html {
  const head = contenders.map(({ name, role }) => html`<th scope="col" class="${role}">${name}</th>`);
  return scrolling(
    html`<table>
      <thead>
        <tr>
          <th scope="col"></th>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, label, meaning, print }) =>
            html`<tr>
              <th scope="row"><abbr title="${meaning}">${label}</abbr></th>
              ${contenders.map(
                (contender) =>
                  html`<td class="${contender.role}">
                    ${print(contender.metrics[name])}${intervalOf(contender, name, verdict.sharpe, print)}
                  </td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

/** The verdict's interval for the Sharpe ratio, so that one number has one interval on the page. */
function intervalOf(
  { name, intervals }: ReportContender,
  metric: keyof Metrics,
  sharpes: Readonly<Record<string, Interval>>,
  print: MetricRow["print"],
): Part {
  const known: Partial<Record<keyof Metrics, Interval>> = { ...intervals, sharpe: sharpes[name] ?? intervals.sharpe };
  const interval = known[metric];
  if (interval === undefined || interval.lower === interval.upper) return undefined;
  return html`<small>${print(interval.lower)} to ${print(interval.upper)}</small>`;
}

export function foldsSection({ folds, trades, contenders }: ReportData): Html {
  if (folds.length === 0) return html``;
  const baselines = contenders.filter(
    ({ role, name }) => role === "baseline" && folds.some((fold) => name in fold.baselineSharpe),
  );
  return html`<section>
    <h2>Folds and seeds</h2>
    <p class="note">
      Each fold trains a new agent on its own past and is then tested on bars it has never seen. The numbers are Sharpe
      ratios over the test span: an agent worth trusting does well in most rows and columns, not in one.
    </p>
    ${scrolling(
      html`<table>
        <thead>
          <tr>
            <th scope="col">Fold</th>
            <th scope="col">Train</th>
            <th scope="col">Validation</th>
            <th scope="col">Test</th>
            ${trades.map(({ label }) => html`<th scope="col" class="agent">${label}</th>`)}
            ${baselines.map(({ name }) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${folds.map(
            ({ train, validation, test, agentSharpe, baselineSharpe }, at) =>
              html`<tr>
                <th scope="row">${at + 1}</th>
                <td class="dates">${dates(train)}</td>
                <td class="dates">${dates(validation)}</td>
                <td class="dates">${dates(test)}</td>
                ${trades.map((_, run) => html`<td class="agent">${shaded(agentSharpe[run])}</td>`)}
                ${baselines.map(({ name }) => html`<td>${shaded(baselineSharpe[name])}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}
  </section>`;
}

function dates(span: ReportSpan | undefined): string {
  return span === undefined ? "–" : `${day(span.from)} to ${day(span.to)}`;
}

/** A number with its sign as a colour, which repeats what the sign says. */
function shaded(value: number | undefined): Html {
  const sign = value === undefined || Math.abs(value) < 0.005 ? "" : value > 0 ? "gain" : "loss";
  return html`<span class="${sign}">${decimal(value)}</span>`;
}

export function stressSection({ stress, market, contenders }: ReportData): Html {
  if (stress === undefined) return html``;
  const { calm, stressed, kinds, events, costElsewhere, preset, seed } = stress;
  const agent = contenders.find(({ role }) => role === "agent")?.name;
  const cost = Object.values(kinds).reduce((sum, kind) => sum + kind.cost, costElsewhere);
  const figures = [
    ["Sharpe ratio", decimal(calm.sharpe), decimal(stressed.sharpe)],
    ["Total return", percent(calm.totalReturn), percent(stressed.totalReturn)],
    ["Maximum drawdown", percent(calm.maxDrawdown), percent(stressed.maxDrawdown)],
    ["Below half of the capital", calm.ruined ? "yes" : "no", stressed.ruined ? "yes" : "no"],
  ] as const;
  return html`<section>
    <h2>Under stress</h2>
    <p class="note">
      The same agent in a copy of these bars to which ${whole(events)} events of <code>${preset}</code> happened (seed
      ${seed}). The verdict does not rest on it. Costs of events are those to the positions that the agent held without
      them, in ${market.currency}; <code>stress.json</code> beside this page lists each one.
    </p>
    ${scrolling(
      html`<table>
        <thead>
          <tr>
            <th scope="col">${agent}</th>
            <th scope="col">as it was</th>
            <th scope="col" class="agent">under stress</th>
          </tr>
        </thead>
        <tbody>
          ${figures.map(
            ([name, before, after]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${before}</td>
                <td class="agent">${after}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}
    ${scrolling(
      html`<table>
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">Times</th>
            <th scope="col">Cost</th>
          </tr>
        </thead>
        <tbody>
          ${Object.entries(kinds).map(([kind, some]) => eventRow(kind, some.events, some.cost))}
          ${eventRow("prices elsewhere after gaps", undefined, costElsewhere)} ${eventRow("together", events, cost)}
        </tbody>
      </table>`,
    )}
  </section>`;
}

function eventRow(name: string, times: number | undefined, cost: number): Html {
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${times === undefined ? "" : whole(times)}</td>
    <td>${whole(cost)}</td>
  </tr>`;
}

export function warningsSection({ warnings }: ReportData): Html {
  return html`<section>
    <h2>What this does not show</h2>
    <ul class="warnings">
      ${warnings.map((warning) => html`<li>${warning}</li>`)}
    </ul>
  </section>`;
}

export function settingsSection(data: ReportData): Html {
  const { market, runId, createdAt, command, codeVersion, seeds } = data;
  const defects = Object.entries(market.quality).filter(([, count]) => count > 0);
  const quality =
    defects.length === 0 ? "no defects found" : defects.map(([kind, count]) => `${kind}: ${count}`).join(", ");
  const facts: readonly (readonly [string, Part])[] = [
    ["Run", runId],
    ["Created", moment(createdAt)],
    ["Command", html`<code>${command}</code>`],
    ["Code version", codeVersion],
    ["Market", `${market.name}, ${market.timeframe} bars of ${market.symbols.join(", ")}`],
    ["Source", market.source],
    ["Bars", `${whole(market.bars)}, ${day(market.from)} to ${day(market.to)}`],
    ["Data quality", quality],
    ["Data hash", html`<code>${market.dataHash}</code>`],
    ["Seeds", seeds.join(", ")],
  ];
  return html`<section>
    <h2>How to repeat it</h2>
    <p class="note">The same command, data, seeds and code give this page again, number for number.</p>
    <table class="facts">
      <tbody>
        ${facts.map(([name, value]) => row(name, value))}
      </tbody>
    </table>
    <details>
      <summary>All settings</summary>
      <table class="facts">
        <tbody>
          ${flattened(data.settings).map(([name, value]) => row(name, value))}
        </tbody>
      </table>
    </details>
  </section>`;
}

function row(name: string, value: Part): Html {
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${value}</td>
  </tr>`;
}

/** Nested settings as rows, `ppo.clip` and its value. */
function flattened(value: Json, path = ""): [string, string][] {
  if (value === undefined) return [];
  if (typeof value !== "object") return [[path, String(value)]];
  if (Array.isArray(value))
    return [[path, value.map((item) => (typeof item === "object" ? JSON.stringify(item) : String(item))).join(", ")]];
  return Object.entries(value).flatMap(([name, inner]) => flattened(inner, path === "" ? name : `${path}.${name}`));
}

function scrolling(table: Html): Html {
  return html`<div class="scroll" tabindex="0">${table}</div>`;
}

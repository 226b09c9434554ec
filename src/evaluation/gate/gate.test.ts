import { describe, expect, test } from "vitest";
import { wholeReportFixture } from "../report.fixture.ts";
import type { ReportData } from "../report-data.ts";
import { known, noAnswer } from "../statistics/answer.ts";
import type { Criterion } from "./criterion.ts";
import { criteriaSetSchema } from "./criterion.ts";
import { passGate } from "./gate.ts";
import type { GateInput } from "./looks.ts";
import { criteriaSets } from "./sets.ts";

const base = wholeReportFixture({ bars: 400 });
const sha256 = "f00d";

function input(changed: Partial<ReportData> = {}, more: Partial<GateInput> = {}): GateInput {
  return { report: { ...base, ...changed }, sha256, approvals: [], ...more };
}

function passes(criterion: Criterion, given: GateInput): boolean {
  return passGate({ title: "one", criteria: [criterion] }, given).rows[0].passed;
}

const interval = (estimate: number, half = 0.1) => ({ estimate, lower: estimate - half, upper: estimate + half });

function withAgent(change: (agent: ReportData["contenders"][number]) => object): Partial<ReportData> {
  return {
    contenders: base.contenders.map((each) => (each.role === "agent" ? { ...each, ...change(each) } : each)),
  };
}

const runsWith = (values: object) => withAgent(({ runs }) => ({ runs: runs.map((run) => ({ ...run, ...values })) }));
const sharpeOf = (estimate: number): Partial<ReportData> => ({
  verdict: { ...base.verdict, sharpe: { ...base.verdict.sharpe, [base.verdict.agent]: interval(estimate) } },
});
const statistic = (name: "probabilisticSharpe" | "deflatedSharpe" | "overfitting", value: number | undefined) => ({
  statistics: {
    ...base.statistics!,
    [name]: { ...base.statistics![name], answer: value === undefined ? noAnswer("Too few.") : known(value) },
  },
});
const profitFactor = (estimate: number, half: number) =>
  withAgent(({ intervals }) => ({ intervals: { ...intervals, profitFactor: interval(estimate, half) } }));
const fewTrips = () =>
  withAgent((agent) => {
    const { profitFactor: _, ...intervals } = agent.intervals;
    return { intervals };
  });
/** Against one baseline: Sharpe, drawdown and return of `difference`, and round trips of it where they are known. */
function against(than: string, difference: number, { half = 0.1, isKnown = true } = {}): Partial<ReportData> {
  const [first] = base.differences!;
  const of = interval(difference, half);
  const { winRate: _, profitFactor: __, ...others } = first.metrics;
  const ofTrips = isKnown ? { winRate: of, profitFactor: of } : {};
  const metrics = { ...others, ...ofTrips, sharpe: of, annualReturn: of, maxDrawdown: interval(-difference, half) };
  return { differences: [{ than, metrics }] };
}
const folds = (sharpes: readonly number[]): Partial<ReportData> => ({
  folds: sharpes.map((value) => ({ ...base.folds[0], agentSharpe: [value, value] })),
});
const stressed = (sharpe: number, copy: number) => {
  const figures = { ...base.stress!.stressed, sharpe };
  return { stress: { ...base.stress!, stressed: figures, copies: [{ ...figures, sharpe: copy, seed: 2 }] } };
};
const randomSharpes = (count: number, sharpe: number): Partial<ReportData> => ({
  contenders: base.contenders.map((each) =>
    each.name === "random, same turnover"
      ? { ...each, runs: Array.from({ length: count }, (_, n) => ({ label: `${n}`, sharpe })) }
      : each,
  ),
});
const approved = (hash: string) => ({ approvals: [{ who: "Ada", when: 0, sha256: hash }] });
const champion = "previous champion";

/** What is looked at, a report that passes, and reports that must not: beyond the bound, and without the number. */
const cases: readonly (readonly [Criterion, GateInput, readonly GateInput[]])[] = [
  [{ of: "unseenBars", role: "risk" }, input({ inSample: false }), [input({ inSample: true }), input(unsaid())]],
  [{ of: "leaks", role: "risk" }, input(battery("passed")), [input(battery("failed")), input(battery(undefined))]],
  [
    { of: "maxDrawdown", below: 0.2, role: "risk" },
    input(runsWith({ maxDrawdown: 0.19 })),
    [input(runsWith({ maxDrawdown: 0.2 })), input(runsWith({ maxDrawdown: undefined }))],
  ],
  [
    { of: "dailyLoss", below: 0.03, role: "risk" },
    input(runsWith({ worstDayLoss: 0.02 })),
    [input(runsWith({ worstDayLoss: 0.03 })), input(runsWith({ worstDayLoss: undefined }))],
  ],
  [{ of: "sharpe", above: 1, role: "gate" }, input(sharpeOf(1.01)), [input(sharpeOf(1)), input(sharpeOf(Number.NaN))]],
  [{ of: "credibleSharpe", atMost: 4, role: "gate" }, input(sharpeOf(4)), [input(sharpeOf(4.01))]],
  [
    { of: "probabilisticSharpe", atLeast: 0.95, role: "gate" },
    input(statistic("probabilisticSharpe", 0.95)),
    [input(statistic("probabilisticSharpe", 0.94)), input(statistic("probabilisticSharpe", undefined)), old()],
  ],
  [
    { of: "deflatedSharpe", atLeast: 0.95, role: "gate" },
    input(statistic("deflatedSharpe", 0.95)),
    [input(statistic("deflatedSharpe", 0.94)), input(statistic("deflatedSharpe", undefined)), old()],
  ],
  [
    { of: "overfitting", below: 0.5, role: "gate" },
    input(statistic("overfitting", 0.49)),
    [input(statistic("overfitting", 0.5)), input(statistic("overfitting", undefined)), old()],
  ],
  [
    { of: "profitFactor", atLeast: 1.2, role: "gate" },
    input(profitFactor(1.2, 0.1)),
    [input(profitFactor(1.19, 0.1)), input(profitFactor(1.5, 0.6)), input(fewTrips())],
  ],
  [
    { of: "winRate", atLeast: 0.5, role: "gate" },
    input(withAgent(({ metrics }) => ({ metrics: { ...metrics, winRate: 0.5 } }))),
    [
      input(withAgent(({ metrics }) => ({ metrics: { ...metrics, winRate: 0.49 } }))),
      input(withAgent(({ metrics }) => ({ metrics: { ...metrics, winRate: undefined } }))),
    ],
  ],
  [
    { of: "foldsPositive", atLeast: 0.6, role: "gate" },
    input(folds([1, 1, 1, -1, -1])),
    [input(folds([1, 1, 0, -1, -1])), input(folds([1])), input(folds([]))],
  ],
  [
    { of: "verdict", role: "gate" },
    input({ verdict: { ...base.verdict, word: "BEATS" } }),
    [
      input({ verdict: { ...base.verdict, word: "INCONCLUSIVE" } }),
      input({ verdict: { ...base.verdict, word: "NO BEATS" } }),
    ],
  ],
  [
    { of: "beats", baseline: "flat", role: "gate" },
    input(against("flat", 0.2)),
    [input(against("flat", 0.05)), input(against("buy and hold", 0.2)), old()],
  ],
  [
    { of: "beatsRandom", below: 0.05, role: "gate" },
    input(randomSharpes(50, -9)),
    [input(randomSharpes(50, 9)), input(randomSharpes(10, -9)), input(randomSharpes(0, 0))],
  ],
  [
    { of: "excessReturn", baseline: "flat", atLeast: 0.05, role: "gate" },
    input(against("flat", 0.05, { half: 0.01 })),
    [input(against("flat", 0.04, { half: 0.01 })), input(against("flat", 0.06, { half: 0.07 })), old()],
  ],
  [
    { of: "betterThan", baseline: champion, atLeast: 3, role: "gate" },
    input(against(champion, 0.2)),
    [
      input(against(champion, 0.05)),
      input(against(champion, 0.2, { isKnown: false })),
      input(against("flat", 0.2)),
      old(),
    ],
  ],
  [
    { of: "stressedSharpe", preset: "noise-20", above: 1, role: "gate" },
    input(stressed(1.2, 1.1)),
    [input(stressed(1.2, 0.9)), input({ stress: undefined }), input({ stress: { ...base.stress!, preset: "other" } })],
  ],
  [{ of: "approval", role: "gate" }, input({}, approved(sha256)), [input(), input({}, approved("of another report"))]],
];

/** What a battery of one check found; undefined where it was not run. */
function battery(outcome: "passed" | "failed" | undefined): Partial<ReportData> {
  const { checks, ...about } = base.verification!;
  const verification = outcome && { ...about, checks: [{ ...checks[0], outcome }] };
  return { verification };
}

/** A report of a version that kept less. */
function old(): GateInput {
  const { statistics: _, differences: __, ...report } = base;
  return { report, sha256, approvals: [] };
}

function unsaid(): Partial<ReportData> {
  return Object.fromEntries([["inSample", undefined]]) as Partial<ReportData>;
}

describe("each criterion", () => {
  test.each(cases)("$of passes where it should, and nowhere else", (criterion, good, bad) => {
    expect(passes(criterion, good)).toBe(true);
    for (const [at, given] of bad.entries()) {
      const [row] = passGate({ title: "one", criteria: [criterion] }, given).rows;
      expect(row.passed, `report ${at}: ${row.found}`).toBe(false);
      expect(row.found, "says what was found").not.toBe("");
    }
  });

  test("paper trading is never taken for granted", () => {
    const [row] = passGate({ title: "one", criteria: [{ of: "paperDays", atLeast: 14, role: "gate" }] }, input()).rows;
    expect(row).toMatchObject({ passed: false, asked: "14 days" });
  });

  test("all kinds are tested here", () => {
    const all = criteriaSetSchema.shape.criteria.element.options.map(({ shape }) => shape.of.value);
    expect([...cases.map(([{ of }]) => of), "paperDays"].toSorted()).toEqual(all.toSorted());
  });

  test("risk is of the worst run, not of the mean", () => {
    const [first, ...rest] = base.contenders[0].runs.map((run) => ({ ...run, maxDrawdown: 0.05 }));
    const given = input(withAgent(() => ({ runs: [{ ...first, maxDrawdown: 0.5 }, ...rest] })));
    const [row] = passGate({ title: "one", criteria: [{ of: "maxDrawdown", below: 0.2, role: "risk" }] }, given).rows;
    expect(row).toMatchObject({ passed: false, value: 0.5 });
  });
});

describe("the gate", () => {
  const good = { of: "sharpe", above: 1, role: "gate" } as const;
  const risk = { of: "maxDrawdown", below: 0.2, role: "risk" } as const;
  const given = input({ ...sharpeOf(3), ...runsWith({ maxDrawdown: 0.3 }) });

  test("opens where all that decides passed", () => {
    expect(passGate({ title: "", criteria: [good] }, given).word).toBe("GO");
  });

  test("lets nothing outweigh risk, and tells risk first", () => {
    const { word, rows } = passGate({ title: "", criteria: [good, good, good, risk] }, given);
    expect(word).toBe("NO GO");
    expect(rows[0]).toMatchObject({ of: "maxDrawdown", role: "risk", passed: false });
  });

  test("does not ask what is only shown", () => {
    const { word, rows } = passGate({ title: "", criteria: [good, { ...risk, role: "shown" }] }, given);
    expect([word, rows[1].passed]).toEqual(["GO", false]);
  });

  test("stays shut where nothing decides", () => {
    expect(passGate({ title: "", criteria: [{ ...good, role: "shown" }] }, given).word).toBe("NO GO");
  });
});

test.each(Object.entries(criteriaSets))(
  "the set %s is one, and an agent without an edge does not pass it",
  (_, set) => {
    expect(criteriaSetSchema.parse(set)).toEqual(set);
    expect(passGate(set, input()).word).toBe("NO GO");
    expect(set.criteria[0], "bars that were known prove nothing").toEqual({ of: "unseenBars", role: "risk" });
  },
);

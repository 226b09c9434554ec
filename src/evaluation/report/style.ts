/** @file The look of the page: system fonts, colours that every eye can tell apart (Okabe and Ito, 2008), light, dark and print. */

const light = `
  --paper: #fff; --ink: #1a1a1a; --soft: #5f6368; --line: #d9dce0; --faint: #f5f6f7;
  --agent: #0072b2; --good: #00734f; --bad: #b34700; --unsure: #7a5200;`;

const dark = `
  --paper: #14171a; --ink: #e8eaed; --soft: #a3a9b0; --line: #363b41; --faint: #1d2125;
  --agent: #56b4e9; --good: #35c69b; --bad: #f08a4b; --unsure: #e6b04a;`;

export const pageStyle = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
@media print { :root { color-scheme: light; ${light} } }
* { box-sizing: border-box; }
body { margin: 0; overflow-wrap: anywhere; background: var(--paper); color: var(--ink); line-height: 1.5;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 64px; }
p { margin: 0 0 12px; max-width: 72ch; }
h2 { font-size: 20px; font-weight: 600; margin: 0 0 4px; }
section { margin-top: 48px; padding-top: 20px; border-top: 1px solid var(--line); }
.kicker { color: var(--soft); font-size: 14px; max-width: none; }
.question { margin: 28px 0 0; font-size: 18px; color: var(--soft); }
.word { margin: 0; font-size: clamp(40px, 10vw, 84px); line-height: 1.1; letter-spacing: -0.02em; font-weight: 700; }
.beats { color: var(--good); } .no-beats { color: var(--bad); } .inconclusive { color: var(--unsure); }
.lead { font-size: 20px; margin: 8px 0 24px; }
.why { display: grid; grid-template-columns: minmax(0, 440px) minmax(0, 1fr); gap: 40px; align-items: start; }
.why ul { padding-left: 1.1em; margin: 0; color: var(--soft); font-size: 15px; }
.why li { margin-bottom: 4px; }
figure { margin: 0; }
figcaption, .note { color: var(--soft); font-size: 14px; }
svg { width: 100%; height: auto; display: block; }
svg .axis { stroke: var(--soft); stroke-width: 1; }
svg .zero { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; }
svg .bar { stroke: var(--agent); stroke-width: 3; }
svg .dot { fill: var(--agent); stroke: var(--paper); stroke-width: 2; }
svg text { fill: var(--soft); font-size: 12px; text-anchor: middle; }
svg .value { fill: var(--ink); font-size: 15px; font-weight: 600; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg text.left { text-anchor: end; } svg text.start { text-anchor: start; } svg text.end { text-anchor: end; }
svg .line { fill: none; stroke-width: 2.5; } svg .line.agent { stroke: var(--agent); }
svg .line.other { stroke: var(--soft); stroke-width: 1.8; stroke-dasharray: 7 4; }
svg .mark.agent { fill: var(--agent); } svg .mark.other { fill: var(--paper); stroke: var(--soft); stroke-width: 1.5; }
svg .column { fill: var(--soft); opacity: 0.55; }
svg .marked { stroke: var(--agent); stroke-width: 3; }
.small-chart { max-width: 620px; margin: 12px 0; }
svg .whisker { stroke: var(--agent); stroke-width: 1.5; opacity: 0.7; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 400px)); gap: 8px 32px; margin: 12px 0; }
.pair figcaption { text-align: center; }
.swatch { display: inline-block; width: 26px; margin-right: 6px; vertical-align: middle; border-top: 2.5px solid var(--agent); }
.swatch.other { border-top: 2px dashed var(--soft); }
.reasons { padding-left: 1.3em; margin: 0 0 16px; } .reasons li { margin-bottom: 6px; }
.key { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 1px; margin: 36px 0 0; background: var(--line);
  border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.key div { background: var(--paper); padding: 12px 14px; }
.key dt { color: var(--soft); font-size: 13px; }
.key dd { margin: 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.key .other { font-size: 13px; font-weight: 400; color: var(--soft); overflow-wrap: anywhere; }
.bar-of-tools { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center; margin: 8px 0; font-size: 14px; }
.bar-of-tools label { display: inline-flex; gap: 6px; align-items: center; }
select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 4px; padding: 2px 6px; max-width: 60vw; }
.chart { width: 100%; min-height: 200px; }
.uplot, .u-legend { width: 100%; max-width: 100%; }
.u-inline tr, .u-legend th, .u-legend td { max-width: 100%; white-space: normal; }
.u-legend { text-align: left; font-size: 13px; margin: 4px 0 0; }
.u-legend tr { margin-right: 18px; }
.u-legend th { font-weight: 400; } .u-legend .u-value { font-variant-numeric: tabular-nums; color: var(--soft); }
.u-legend .u-series:first-child .u-marker { display: none; }
.u-legend .u-marker { width: 30px; height: 6px; border: 0; border-radius: 0; display: inline-block; vertical-align: middle; }
.u-legend .u-series .u-marker svg { display: block; height: 6px; }
.u-legend .u-series th { display: inline-flex; align-items: center; }
.u-legend .u-marker { margin-right: 6px; }
.scroll { overflow-x: auto; overflow-wrap: normal; margin: 8px 0 16px; background:
  linear-gradient(to left, var(--paper) 40%, transparent) right / 40px 100% no-repeat local,
  linear-gradient(to left, var(--line), transparent) right / 16px 100% no-repeat scroll; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
.scroll table { min-width: 100%; }
th, td { padding: 7px 12px; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th { font-weight: 500; }
.u-legend th, .u-legend td { padding: 2px 4px; border: 0; }
thead th { color: var(--soft); font-size: 13px; vertical-align: bottom; white-space: normal; min-width: 84px; }
th[scope="row"] { text-align: left; position: sticky; left: 0; background: var(--paper); }
table.dense { font-size: 12.5px; } .dense th, .dense td { padding: 6px 7px; } .dense thead th { font-size: 12px; min-width: 0; }
.dense td small { font-size: 10.5px; }
thead th.agent { color: var(--agent); font-weight: 700; }
td.agent { background: var(--faint); font-weight: 600; }
td small { display: block; color: var(--soft); font-size: 11.5px; font-weight: 400; }
td.dates { white-space: normal; min-width: 10em; color: var(--soft); font-size: 12.5px; }
th.said { white-space: normal; } th.said small { display: block; max-width: 64ch; color: var(--soft); font-size: 13px; font-weight: 400; }
thead th:first-child { text-align: left; min-width: 0; }
abbr { text-decoration: underline dotted var(--soft); text-underline-offset: 3px; cursor: help; }
.gain { color: var(--good); } .loss { color: var(--bad); }
.facts { width: 100%; }
.facts th { width: 12em; color: var(--soft); font-weight: 400; white-space: normal; overflow-wrap: anywhere; }
.facts td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
code { font: 13px ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.points { padding-left: 1.1em; max-width: 76ch; } .points li { margin-bottom: 6px; }
details { margin-top: 16px; } summary { cursor: pointer; color: var(--agent); }
footer { margin-top: 48px; color: var(--soft); font-size: 13px; }
@media (max-width: 760px) {
  main { padding: 24px 16px 48px; }
  .why { grid-template-columns: minmax(0, 1fr); gap: 20px; }
  .key { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .key div:first-child { grid-column: 1 / -1; }
  .pair { grid-template-columns: minmax(0, 1fr); }
  .small-chart svg text { font-size: 17px; }
  .facts th { width: 7em; } th, td { padding: 6px 8px; } .scroll th, .scroll td { padding: 6px; }
  .scroll th[scope="row"] { white-space: normal; min-width: 8em; } .scroll th.brief { min-width: 0; }
}
@media print {
  main { max-width: none; padding: 0; }
  figure, .chart, tr, h2, .note { break-inside: avoid; }
  h2, .note, .bar-of-tools { break-after: avoid; }
  .bar-of-tools, .u-legend .u-value, .u-legend .u-series:first-child, .u-legend .u-off { display: none; }
  .scroll { overflow: visible; background: none; } .scroll table, .scroll thead th, td.dates { font-size: 9px; }
  .scroll td small, th.said small { font-size: 8px; }
}
`;

/** @file The script inside the page: it draws four charts from the page's JSON with uPlot and asks nobody for anything. */

/** Plain browser JavaScript, kept as text so that neither the compiler nor a test runner rewrites it. */
export const pageScript = String.raw`"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const palettes = { light: ["#e69f00", "#009e73", "#cc79a7", "#777777", "#d55e00", "#56b4e9"],
                 dark: ["#e69f00", "#00b884", "#e094c0", "#9aa0a6", "#f07832", "#3f7fd0"] };
  // The agent alone is a whole line: no two others share colour and dashes, so that they are told apart in grey, too.
  const dashes = [[8, 4], [2, 3], [10, 3, 2, 3], [14, 4], [5, 2], [1, 2]];
  const element = (id) => document.getElementById(id);
  const darkScheme = matchMedia("(prefers-color-scheme: dark)");
  let printing = false;
  let charts = [];

  const look = () => {
    const scheme = darkScheme.matches && !printing ? "dark" : "light";
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    return scheme === "dark" || !printing
      ? { scheme, ink: colour("--ink"), soft: colour("--soft"), line: colour("--line"), paper: colour("--paper"), agent: colour("--agent") }
      : { scheme, ink: "#1a1a1a", soft: "#5f6368", line: "#d9dce0", paper: "#fff", agent: "#0072b2" };
  };

  const number = (value, digits) => value == null ? "–" : value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
  const percent = (value) => value == null ? "–" : (number(value * 100, 1) + " %").replace(/^−(?=[0.]* %$)/, "");
  const day = (seconds) => seconds == null ? "–" : new Date(seconds * 1000).toISOString().slice(0, data.intraday ? 16 : 10).replace("T", " ");

  /** Round numbers between two values on a logarithmic axis: 1, 1.5, 2, 3, 5, 7 times a power of ten, or even steps in a narrow span. */
  const roundNumbers = (from, to) => {
    const found = [];
    if (to / from > 2.5) {
      for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power++) {
        for (const factor of to / from > 30 ? [1, 3] : [1, 1.5, 2, 3, 5, 7]) found.push(factor * 10 ** power);
      }
    } else {
      const rough = (to - from) / 5, power = 10 ** Math.floor(Math.log10(rough));
      const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
      for (let n = Math.ceil(from / step); n * step <= to; n++) found.push(n * step);
    }
    return found.filter((value) => value >= from && value <= to);
  };

  const axes = (theme, format, splits) => [
    { stroke: theme.soft, grid: { stroke: theme.line, width: 1 }, ticks: { stroke: theme.line, size: 5 }, font: "12px system-ui, sans-serif", space: 70, size: 46 },
    { stroke: theme.soft, grid: { stroke: theme.line, width: 1 }, ticks: { stroke: theme.line, size: 5 }, font: "12px system-ui, sans-serif",
      size: 64, values: (plot, values) => values.map(format), ...(splits ? { splits } : {}) },
  ];

  const contenderSeries = (theme, format) => {
    let other = 0;
    return data.contenders.map((contender) => {
      const agent = contender.role === "agent";
      const at = agent ? 0 : other++;
      const palette = palettes[theme.scheme];
      return { label: contender.name, stroke: agent ? theme.agent : palette[at % palette.length], width: agent ? 2.5 : 1.4,
        dash: agent ? [] : dashes[(at + Math.floor(at / palette.length)) % dashes.length], points: { show: false }, value: (plot, value) => format(value) };
    });
  };

  /** Fills the space between the lowest and the highest run of a contender. */
  const drawBand = (plot, band, colour, value) => {
    const { ctx } = plot;
    const x = plot.data[0];
    ctx.save();
    ctx.beginPath();
    ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
    ctx.clip();
    ctx.globalAlpha = 0.14;
    ctx.fillStyle = colour;
    ctx.beginPath();
    for (let t = 0; t < x.length; t++) ctx.lineTo(plot.valToPos(x[t], "x", true), plot.valToPos(value(band.upper[t]), "y", true));
    for (let t = x.length - 1; t >= 0; t--) ctx.lineTo(plot.valToPos(x[t], "x", true), plot.valToPos(value(band.lower[t]), "y", true));
    ctx.fill();
    ctx.restore();
  };

  /** Two dotted lines between which most redrawn curves lie. */
  const drawDotted = (plot, { time, lower, upper }, colour, value) => {
    const { ctx } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
    ctx.clip();
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.2 * devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
    for (const bound of [lower, upper]) {
      ctx.beginPath();
      time.forEach((x, n) => ctx.lineTo(plot.valToPos(x, "x", true), plot.valToPos(value(bound[n]), "y", true)));
      ctx.stroke();
    }
    ctx.restore();
  };

  const chart = (id, height, options, columns) => {
    const host = element(id);
    host.replaceChildren();
    const narrow = host.clientWidth < 520;
    const plot = new uPlot({ width: host.clientWidth, height: narrow ? Math.round(height * 0.75) : height,
      cursor: { sync: { key: "time" }, drag: { x: true, y: false } }, legend: { live: true }, tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), "Etc/UTC"), ...options }, columns, host);
    // The legend shows each line as it is drawn, dashes included.
    host.querySelectorAll(".u-series .u-marker").forEach((marker, at) => {
      const { dash = [], width = 1, stroke } = plot.series[at];
      const line = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const colour = typeof stroke === "function" ? stroke(plot, at) : stroke;
      line.setAttribute("viewBox", "0 0 30 6");
      line.innerHTML = '<line x1="0" x2="30" y1="3" y2="3"></line>';
      line.firstChild.setAttribute("stroke", colour || "none");
      line.firstChild.setAttribute("stroke-width", String(width * 1.3));
      line.firstChild.setAttribute("stroke-dasharray", dash.join(" "));
      marker.style.background = "none";
      marker.style.border = "0";
      marker.replaceChildren(line);
    });
    // Without a pointer the legend tells the last values.
    const tellLast = () => plot.setLegend({ idx: data.time.length - 1 }, false);
    plot.over.addEventListener("mouseleave", () => setTimeout(tellLast));
    tellLast();
    setTimeout(tellLast);
    charts.push(plot);
  };

  const drawEquity = (theme) => {
    const logarithmic = element("log").checked;
    const value = (equity) => logarithmic ? Math.log(Math.max(equity, 1e-9)) : equity;
    const money = (equity) => number(equity, 0);
    const back = (drawn) => drawn == null ? undefined : logarithmic ? Math.exp(drawn) : drawn;
    const series = contenderSeries(theme, (drawn) => money(back(drawn)));
    chart("equity", 380, {
      series: [{ value: (plot, seconds) => day(seconds) }, ...series],
      axes: axes(theme, (drawn) => money(back(drawn)),
        logarithmic ? (plot, axis, from, to) => roundNumbers(Math.exp(from), Math.exp(to)).map(Math.log) : undefined),
      hooks: { drawAxes: [(plot) => data.contenders.forEach((contender, at) => {
        if (contender.band && plot.series[at + 1].show) drawBand(plot, contender.band, series[at].stroke, value);
        if (contender.role === "agent" && data.equityBand && plot.series[at + 1].show) drawDotted(plot, data.equityBand, series[at].stroke, value);
      })] },
      scales: { y: { range: (plot, from, to) => {
        const bands = data.contenders.filter((contender, at) => contender.band && plot.series[at + 1].show).map(({ band }) => band);
        const agentAt = data.contenders.findIndex(({ role }) => role === "agent");
        if (data.equityBand && plot.series[agentAt + 1].show) bands.push(data.equityBand);
        for (const band of bands) {
          for (const low of band.lower) from = Math.min(from, value(low));
          for (const high of band.upper) to = Math.max(to, value(high));
        }
        const room = (to - from || 1) * 0.04;
        return [from - room, to + room];
      } } },
    }, [data.time, ...data.contenders.map(({ equity }) => equity.map(value))]);
  };

  const drawDrawdown = (theme) => {
    chart("drawdown", 240, {
      // All of them hide one another: the others come with a click.
      series: [{ value: (plot, seconds) => day(seconds) },
        ...contenderSeries(theme, percent).map((each) => ({ ...each, show: data.leading.includes(each.label) }))],
      axes: axes(theme, percent),
      scales: { y: { range: (plot, from) => [Math.min(from, -0.001) * 1.05, 0] } },
    }, [data.time, ...data.contenders.map(({ drawdown }) => drawdown.map((depth) => 0 - depth))]);
  };

  const drawPrice = (theme) => {
    const price = data.prices[Number(element("symbol").value)];
    const run = data.trades[Number(element("run").value)];
    if (!price) return;
    const trades = run ? run.fills.filter((fill) => fill.symbol === price.symbol) : [];
    const digits = Math.max(...price.close) < 10 ? 4 : 2;
    const buy = theme.agent;
    const sell = palettes[theme.scheme][4];
    const marks = (plot) => {
      const { ctx } = plot;
      // Fewer and wider apart: larger.
      const size = Math.max(2.5, Math.min(7, plot.width / 10 / Math.sqrt(trades.length + 1))) * devicePixelRatio;
      for (const fill of trades) {
        if (fill.time < plot.scales.x.min || fill.time > plot.scales.x.max) continue;
        const x = plot.valToPos(fill.time, "x", true);
        const y = plot.valToPos(fill.price, "y", true);
        const up = fill.side === "buy" ? 1 : -1;
        ctx.fillStyle = ctx.strokeStyle = up > 0 ? buy : sell;
        ctx.beginPath();
        ctx.moveTo(x, y + up * 2);
        ctx.lineTo(x - size * 0.7, y + up * (2 + size * 1.4));
        ctx.lineTo(x + size * 0.7, y + up * (2 + size * 1.4));
        ctx.closePath();
        if (fill.leg === "short") ctx.stroke();
        else ctx.fill();
      }
    };
    element("trade-count").textContent = trades.length === 0 ? "no trades" : number(trades.length, 0) + (trades.length === 1 ? " trade" : " trades");
    chart("price", 340, {
      series: [{ value: (plot, seconds) => day(seconds) },
        { label: price.symbol, stroke: theme.soft, width: 1.2, points: { show: false }, value: (plot, value) => number(value, digits) }],
      axes: axes(theme, (value) => number(value, value >= 1000 ? 0 : digits)),
      hooks: { draw: [marks] },
    }, [data.time, price.close]);
  };

  const draw = () => {
    for (const plot of charts) plot.destroy();
    charts = [];
    const theme = look();
    drawEquity(theme);
    drawDrawdown(theme);
    drawPrice(theme);
  };

  for (const id of ["log", "symbol", "run"]) element(id).addEventListener("change", draw);
  darkScheme.addEventListener("change", draw);
  addEventListener("beforeprint", () => { printing = true; draw(); });
  addEventListener("afterprint", () => { printing = false; draw(); });
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    draw();
  });
  draw();
})();
`;

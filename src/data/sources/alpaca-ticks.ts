/** @file Historical trades and quotes of Alpaca, as lines of a table that `readBookFile` reads. */
import type { marketData } from "@alpacahq/alpaca-trade-api/rest";
import { Failure } from "#base/failure.ts";
import { withRetries } from "../retry.ts";
import type { TickPage, TickSource } from "../tick-download.ts";
import type { AlpacaOptions } from "./alpaca.ts";
import { alpacaClient, alpacaTrouble } from "./alpaca.ts";

export const tickKinds = ["trades", "quotes"] as const;
type TickKind = (typeof tickKinds)[number];

export interface TickRequest {
  readonly kind: TickKind;
  readonly symbol: string;
  /** From this moment on and before `until`, Unix ms UTC. */
  readonly from: number;
  readonly until: number;
  readonly signal?: AbortSignal | undefined;
}

const headers: Readonly<Record<TickKind, string>> = {
  trades: "timestamp,price,size,side",
  quotes: "timestamp,bid_price,bid_size,ask_price,ask_size",
};

/** Trades that the exchange took back, as Alpaca marks them. */
const takenBack = new Set(["canceled", "incorrect"]);
const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

type Tick = Partial<Readonly<Record<"t" | "p" | "s" | "u" | "tks" | "bp" | "bs" | "ap" | "as", unknown>>>;

interface Answer {
  readonly ticks: Readonly<Record<string, readonly Tick[]>> | undefined;
  readonly nextPageToken?: string | null;
}

/**
 * Trades (the side is that of the taker, known for coins only) or best quotes. Left out and counted: trades that were taken
 * back, and quotes with a side on which nobody offered.
 */
export function alpacaTicks(options: AlpacaOptions, request: TickRequest): TickSource {
  const { kind, symbol, from, until, signal } = request;
  return {
    name: `alpaca/${options.feed}/${kind}/${symbol}/${from}/${until}`,
    header: headers[kind],
    async page(token) {
      const ask = await asking(options, request, token);
      const { ticks, nextPageToken } = await withRetries("alpaca", ask, alpacaTrouble, options, signal);
      if (nextPageToken === undefined) {
        throw new Failure("data/source-broken", "alpaca answered with no next_page_token", { symbol });
      }
      const lines = (ticks?.[symbol] ?? []).map((tick) => (kind === "trades" ? tradeLine(tick) : quoteLine(tick)));
      const kept = lines.filter((line) => line !== undefined);
      return { lines: kept, leftOut: lines.length - kept.length, next: nextPageToken ?? undefined } satisfies TickPage;
    },
  };
}

async function asking(
  options: AlpacaOptions,
  { kind, symbol, from, until, signal }: TickRequest,
  pageToken: string | undefined,
): Promise<() => Promise<Answer>> {
  const { shares, coins } = await alpacaClient(options);
  const asked = {
    symbols: symbol,
    start: new Date(from),
    end: new Date(until - 1),
    limit: options.pageBars ?? 10_000,
    ...(pageToken === undefined ? {} : { pageToken }),
  };
  const ofCoins = { ...asked, loc: "us" as const };
  const ofShares = { ...asked, feed: options.feed };
  const init = signal === undefined ? {} : { signal };
  const answer = ({ nextPageToken }: { nextPageToken?: string | null }, ticks: unknown): Answer =>
    ({ ticks, nextPageToken }) as Answer;
  if (symbol.includes("/")) {
    return kind === "trades"
      ? () => coins.cryptoTrades(ofCoins, init).then((page: marketData.CryptoTradesResp) => answer(page, page.trades))
      : () => coins.cryptoQuotes(ofCoins, init).then((page: marketData.CryptoQuotesResp) => answer(page, page.quotes));
  }
  return kind === "trades"
    ? () => shares.stockTrades(ofShares, init).then((page: marketData.StockTradesResp) => answer(page, page.trades))
    : () => shares.stockQuotes(ofShares, init).then((page: marketData.StockQuotesResp) => answer(page, page.quotes));
}

function tradeLine(tick: Tick): string | undefined {
  if (takenBack.has(String(tick.u))) return undefined;
  const side = tick.tks === "B" ? "buy" : tick.tks === "S" ? "sell" : "";
  return [...checked(tick, [tick.p, tick.s]), side].join(",");
}

function quoteLine(tick: Tick): string | undefined {
  const { bp, bs, ap, as: askSize } = tick;
  return bp === 0 || ap === 0 ? undefined : checked(tick, [bp, bs, ap, askSize]).join(",");
}

/** Time and numbers of a tick as they came. Throws Failure data/source-broken. */
function checked(tick: Tick, numbers: readonly unknown[]): readonly unknown[] {
  const numeric = numbers.every((value) => typeof value === "number" && Number.isFinite(value));
  if (numeric && typeof tick.t === "string" && timeForm.test(tick.t)) return [tick.t, ...numbers];
  throw new Failure("data/source-broken", `alpaca sent ${JSON.stringify(tick).slice(0, 200)}`);
}

/** @file Historical bars of any exchange that ccxt knows. */
import type { Exchange } from "ccxt";
import type { Clock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { Retrying, Trouble } from "../retry.ts";
import { askedWaitMs, withRetries } from "../retry.ts";
import type { BarRequest, BarSource } from "../source.ts";
import { barsBetween, checkedRows, completeBefore } from "../source.ts";

export interface CcxtOptions extends Retrying {
  /** ccxt's id of the exchange: `binance`, `kraken`, … */
  readonly exchange: string;
  readonly clock: Clock;
  /** Bars a page; what ccxt knows of the exchange unless named. */
  readonly pageBars?: number | undefined;
  /** ccxt's own settings of the exchange: `timeout`, `options`, … */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** Address that every request goes to in place of the exchange's own. */
  readonly url?: string | undefined;
}

/** Where ccxt does not know how many bars an exchange gives at once: what all of them give. */
const commonPageBars = 100;

/** The last answer as it came, since ccxt's errors do not tell its status. */
interface LastAnswer {
  status: number | undefined;
  retryAfterMs: number | undefined;
}

/** Bars of one exchange. Symbols are ccxt's: `BTC/USDT` is a pair of coins, `BTC/USDT:USDT` a perpetual future. */
export function ccxtSource(options: CcxtOptions): BarSource {
  const { exchange: id, clock } = options;
  const last: LastAnswer = { status: undefined, retryAfterMs: undefined };
  // One instance for all symbols: it keeps the pause between requests and the list of markets.
  let opened: Promise<Exchange> | undefined;
  return {
    name: `ccxt/${id}`,
    async *pages(request) {
      const { symbol, timeframe, signal } = request;
      signal?.throwIfAborted();
      const exchange = await (opened ??= openExchange(options, last));
      const spacingMs = timeframeMs[timeframe];
      const limit = options.pageBars ?? pageBarsOf(exchange);
      const troubleOf = (error: unknown) => translated(error, exchange, request, last);
      const before = completeBefore(request, clock.now());
      let since = request.from;
      checkTimeframe(exchange, timeframe);
      while (since < before) {
        const ask = (): Promise<readonly (readonly unknown[])[]> => {
          last.status = last.retryAfterMs = undefined;
          return exchange.fetchOHLCV(symbol, timeframe, since, limit);
        };
        const rows = checkedRows(exchange.id, await withRetries(`ccxt/${id}`, ask, troubleOf, options, signal));
        const newest = rows.at(-1)?.[0];
        const bars = barsBetween(rows, since, before);
        // Nothing in this window: not listed yet, or no trade. What comes after is asked for next.
        since = newest === undefined || newest < since ? since + limit * spacingMs : newest + spacingMs;
        yield { bars, through: Math.min(since, before) };
      }
    },
  };
}

async function openExchange({ exchange: id, settings, url, clock }: CcxtOptions, last: LastAnswer): Promise<Exchange> {
  const { default: ccxt } = await import("ccxt");
  if (!ccxt.exchanges.includes(id)) {
    const near = ccxt.exchanges.filter((known) => known.startsWith(id.slice(0, 3).toLowerCase()));
    const found = `--exchange is ${id}, which ccxt does not know${near.length > 0 ? ` (it knows ${near.join(", ")})` : ""}`;
    throw new Failure("cli/bad-option", found, { exchange: id });
  }
  const Created = (ccxt as unknown as Record<string, new (settings: object) => Exchange>)[id];
  // The pause between requests is ccxt's, the tries are ours.
  const exchange = new Created({ enableRateLimit: true, ...settings });
  if (url !== undefined) exchange.urls["api"] = redirected(exchange.urls["api"], url) as typeof exchange.urls.api;
  const trimmed = exchange.onRestResponse.bind(exchange);
  exchange.onRestResponse = (
    status: number,
    reason,
    address,
    method,
    headers: Record<string, string>,
    body,
    ...rest
  ) => {
    last.status = status;
    last.retryAfterMs = askedWaitMs(headers["Retry-After"], clock.now());
    const text = String(trimmed(status, reason, address, method, headers, body, ...rest));
    // ccxt takes a body that is no JSON for a text and goes on.
    if (status < 300 && /^[[{]/.test(text)) JSON.parse(text);
    return text;
  };
  if (!exchange.has["fetchOHLCV"]) {
    throw new Failure("data/no-such-bars", `${id} gives no historical bars through ccxt`, { exchange: id });
  }
  return exchange;
}

/** Addresses with their host replaced, however deep ccxt nests them. */
function redirected(addresses: unknown, url: string): unknown {
  if (typeof addresses === "string") return addresses.replace(/^https?:\/\/[^/]+/, url.replace(/\/+$/, ""));
  const entries = Object.entries(addresses as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, address]) => [name, redirected(address, url)]));
}

function pageBarsOf({ features }: Exchange): number {
  const limit: unknown = (features as { spot?: { fetchOHLCV?: { limit?: number } } } | undefined)?.spot?.fetchOHLCV
    ?.limit;
  return typeof limit === "number" ? limit : commonPageBars;
}

function checkTimeframe({ id, timeframes }: Exchange, timeframe: string): void {
  const known = Object.keys(timeframes ?? {});
  if (known.includes(timeframe)) return;
  throw new Failure("data/no-such-bars", `${id} has bars of ${known.join(", ")}, and not of ${timeframe}`, {
    timeframe,
  });
}

/** ccxt's errors by their names, which are its interface: the same class may come from two copies of the library. */
function translated(
  error: unknown,
  { id, symbols }: Exchange,
  { symbol }: BarRequest,
  last: LastAnswer,
): Trouble | Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const message = error.message.slice(0, 300);
  const kinds = ancestors(error);
  if (kinds.includes("BadSymbol")) {
    const coin = symbol.split("/")[0].toUpperCase();
    const near = (symbols ?? []).filter((known) => known.startsWith(`${coin}/`)).slice(0, 8);
    const hint = near.length > 0 ? ` (it has ${near.join(", ")})` : "";
    return new Failure("data/no-such-bars", `${id} does not know ${symbol}${hint}`, { symbol, cause: error });
  }
  if (kinds.includes("AuthenticationError")) {
    const found = `${id} gives these bars only to accounts, and no keys are passed on to it: ${message}`;
    return new Failure("data/source-refused", found, { cause: error });
  }
  if (last.status !== undefined && last.status >= 300) return { ...last, message };
  if (kinds.includes("OperationFailed") || error.name === "SyntaxError" || "code" in error) return { message };
  if (kinds.includes("BaseError")) return new Failure("data/source-refused", `${id}: ${message}`, { cause: error });
  return undefined;
}

function ancestors(error: Error): string[] {
  const names: string[] = [];
  for (
    let at = Object.getPrototypeOf(error) as object | null;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  )
    names.push(at.constructor.name);
  return names;
}

/** @file Historical bars of Alpaca, shares and coins, through its official client. */
import type { marketData } from "@alpacahq/alpaca-trade-api/rest";
import type { Clock } from "#base/clock.ts";
import { Failure } from "#base/failure.ts";
import type { Bars, Timeframe } from "#domain/bar.ts";
import { timeframeMs } from "#domain/bar.ts";
import type { Retrying, Trouble } from "../retry.ts";
import { withRetries } from "../retry.ts";
import type { BarRequest, BarSource } from "../source.ts";
import { barsBetween, checkedRows, completeBefore } from "../source.ts";

/** Keys of an Alpaca account; never printed, never stored. */
export interface AlpacaKeys {
  readonly keyId: string;
  readonly secret: string;
}

export const alpacaFeeds = ["sip", "iex", "boats", "otc"] as const;
export const alpacaAdjustments = ["raw", "split", "dividend", "all"] as const;

export interface AlpacaOptions extends Retrying {
  readonly keys: AlpacaKeys;
  readonly clock: Clock;
  /** Of shares: `sip`, all exchanges, or `iex`, which every plan may ask up to the present moment. */
  readonly feed: (typeof alpacaFeeds)[number];
  /** Of shares: prices as they were paid (`raw`), or adjusted for splits, for dividends, or for all. */
  readonly adjustment: (typeof alpacaAdjustments)[number];
  /** Address of the market-data host; Alpaca's unless named. */
  readonly dataUrl?: string | undefined;
  /** Bars a page, at most 10,000. */
  readonly pageBars?: number | undefined;
  /** How long one answer may take; 30 s unless named. */
  readonly timeoutMs?: number | undefined;
}

/** Alpaca has no bars of seconds. */
const timeframeNames: Readonly<Partial<Record<Timeframe, string>>> = {
  "1m": "1Min",
  "5m": "5Min",
  "15m": "15Min",
  "30m": "30Min",
  "1h": "1Hour",
  "4h": "4Hour",
  "1d": "1Day",
  "1w": "1Week",
};

const dayMs = timeframeMs["1d"];

/** A page as the client gives it: bars by symbol, and the token of the next page. */
interface Answer {
  readonly bars?: Readonly<Record<string, readonly marketData.StockBar[]>>;
  readonly nextPageToken?: string | null;
}

/**
 * Keys from the environment: APCA_API_KEY_ID and APCA_API_SECRET_KEY.
 * @throws Failure data/bad-credentials, which names the variable that is missing
 */
export function alpacaKeys(environment: Readonly<Record<string, string | undefined>>): AlpacaKeys {
  const [keyId, secret] = [environment["APCA_API_KEY_ID"], environment["APCA_API_SECRET_KEY"]];
  if (keyId && secret) return { keyId, secret };
  const missing = keyId
    ? "APCA_API_SECRET_KEY"
    : secret
      ? "APCA_API_KEY_ID"
      : "APCA_API_KEY_ID and APCA_API_SECRET_KEY";
  throw new Failure("data/bad-credentials", `alpaca needs ${missing}, not set in the environment`, { missing });
}

/** Alpaca's bars. A symbol with a slash is a pair of coins (`BTC/USD`), which has neither feed nor adjustment. */
export function alpacaSource(options: AlpacaOptions): BarSource {
  const { feed, adjustment, clock } = options;
  return {
    name: `alpaca/${feed}/${adjustment}`,
    async *pages(request) {
      const { symbol, timeframe, from, signal } = request;
      const before = completeBefore(request, clock.now());
      if (before <= from) return;
      const ask = await asking(options, request, before);
      let token: string | undefined;
      do {
        const answer = await withRetries("alpaca", () => ask(token), alpacaTrouble, options, signal);
        const rows = checkedRows("alpaca", rowsOf(answer, symbol));
        const last = rows.at(-1);
        const bars = barsBetween(rows, from, before);
        if (timeframeMs[timeframe] >= dayMs) openAtDates(bars);
        token = answer.nextPageToken ?? undefined;
        yield { bars, through: token === undefined || last === undefined ? before : last[0] + 1 };
      } while (token !== undefined);
    },
  };
}

/** The client's two halves, shares and coins. Its own retries are off: there is one rule for all sources. */
export async function alpacaClient({ keys, dataUrl, timeoutMs = 30_000 }: AlpacaOptions): Promise<{
  readonly shares: marketData.StockApi;
  readonly coins: marketData.CryptoApi;
}> {
  const { marketData: client } = await import("@alpacahq/alpaca-trade-api/rest");
  const configuration = new client.Configuration({
    ...keys,
    timeoutMs,
    ...(dataUrl === undefined ? {} : { basePath: dataUrl.replace(/\/+$/, "") }),
  });
  return { shares: new client.StockApi(configuration), coins: new client.CryptoApi(configuration) };
}

/** What asks for the page of a token. */
async function asking(
  options: AlpacaOptions,
  { symbol, timeframe, from, signal }: BarRequest,
  before: number,
): Promise<(token: string | undefined) => Promise<Answer>> {
  const { shares, coins } = await alpacaClient(options);
  const { feed, adjustment, pageBars = 10_000 } = options;
  const length = timeframeNames[timeframe];
  if (length === undefined) {
    throw new Failure("data/no-such-bars", `alpaca has no bars of ${timeframe}`, { timeframe });
  }
  const asked = {
    symbols: symbol,
    timeframe: length,
    start: new Date(from),
    // Alpaca's end is part of the answer.
    end: new Date(before - 1),
    limit: pageBars,
  };
  const init = signal === undefined ? {} : { signal };
  return symbol.includes("/")
    ? (pageToken) => coins.cryptoBars({ ...asked, loc: "us", ...(pageToken ? { pageToken } : {}) }, init)
    : (pageToken) => shares.stockBars({ ...asked, feed, adjustment, ...(pageToken ? { pageToken } : {}) }, init);
}

function rowsOf({ bars, nextPageToken }: Answer, symbol: string): (readonly unknown[])[] {
  // An answer always says whether there is a next page; the client leaves out what was not there.
  const strangers = Object.keys(bars ?? {}).filter((name) => name !== symbol);
  if (nextPageToken === undefined || strangers.length > 0) {
    const what = strangers.length > 0 ? `bars of ${strangers.join(", ")} for ${symbol}` : "no next_page_token";
    throw new Failure("data/source-broken", `alpaca answered with ${what}`, { symbol });
  }
  return (bars?.[symbol] ?? []).map(({ t, o, h, l, c, v }) => [Date.parse(String(t)), o, h, l, c, v]);
}

/** Days open at midnight of their place, 04:00 to 06:00 UTC; ours open at 00:00 UTC of the same date. */
function openAtDates({ openTime }: Bars): void {
  openTime.forEach((time, t) => (openTime[t] = Math.floor(time / dayMs) * dayMs));
}

/** What the client's errors mean. */
export function alpacaTrouble(error: unknown): Trouble | Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  const { status, retryAfterMs } = error as { status?: number; retryAfterMs?: number };
  if (status === 401 || (status === 403 && /^forbidden/i.test(message))) {
    const found = `alpaca answered ${status} to the keys in APCA_API_KEY_ID and APCA_API_SECRET_KEY`;
    return new Failure("data/bad-credentials", found, { status, cause: error });
  }
  if (status !== undefined) return { status, retryAfterMs, message: message.slice(0, 200) };
  if (name === "SyntaxError") return { message: `an answer that is no JSON (${message.slice(0, 100)})` };
  const { cause } = error as { cause?: { message?: string } };
  // The platform's fetch says TypeError when a connection is cut, before or amid the answer.
  if (name === "FetchError" || name === "TypeError") return { message: cause?.message ?? message };
  return undefined;
}

/** @file What every source of bars must keep to; each source's test calls it. */
import { expect } from "vitest";
import { barColumns } from "#domain/bar.ts";
import type { BarPage, BarRequest, BarSource } from "./source.ts";
import { joinedBars } from "./source.ts";

/** Pages of a request, all of them. */
export async function allPages(source: BarSource, request: BarRequest): Promise<BarPage[]> {
  const pages: BarPage[] = [];
  for await (const page of source.pages(request)) pages.push(page);
  return pages;
}

/**
 * Bars ascend strictly inside the request; a page's `through` lies after its bars and before the next; a request that
 * begins at any `through` gives exactly the rest; an aborted one ends with the signal's reason.
 */
export async function expectSourceContract(source: BarSource, request: BarRequest): Promise<void> {
  const pages = await allPages(source, request);
  const whole = joinedBars(pages.map(({ bars }) => bars));
  expect(whole.openTime.length, "bars").toBeGreaterThan(0);
  expect(whole.openTime[0]).toBeGreaterThanOrEqual(request.from);
  expect(whole.openTime.at(-1)).toBeLessThan(request.until);
  const ascending = whole.openTime.every((time, t) => t === 0 || time > whole.openTime[t - 1]);
  expect(ascending, "bars ascend strictly").toBe(true);

  let through = request.from;
  let given = 0;
  for (const page of pages) {
    expect(page.through).toBeGreaterThan(through);
    expect(page.through).toBeLessThanOrEqual(request.until);
    for (const time of page.bars.openTime) expect(time).toBeLessThan(page.through);
    through = page.through;
    given += page.bars.openTime.length;
    const rest = joinedBars((await allPages(source, { ...request, from: through })).map(({ bars }) => bars));
    for (const column of barColumns) {
      expect(rest[column], `${column} from ${through} on`).toEqual(whole[column].slice(given));
    }
  }

  expect(await allPages(source, { ...request, until: request.from })).toEqual([]);
  const stop = new AbortController();
  const reason = new Error("stopped by the contract");
  const begun = source.pages({ ...request, signal: stop.signal });
  expect((await begun.next()).done).toBe(false);
  stop.abort(reason);
  if (pages.length > 1) await expect(begun.next()).rejects.toBe(reason);
  const late = source.pages({ ...request, signal: AbortSignal.abort(reason) });
  await expect(late.next()).rejects.toBe(reason);
}

/** @file Which columns of a table are levels of a book, trades, or sums of aggressive volume, found from their names. */

/** How a level is written: price and size, or distance from the middle (a share of it) and value in currency. */
type LevelForm = "price-size" | "distance-value";

/** Columns of one side of the book, from the best level outwards: `[L]` each. */
interface SideColumns {
  readonly price: readonly number[];
  readonly size: readonly number[];
}

interface BookColumns {
  readonly form: LevelForm;
  readonly bid: SideColumns;
  readonly ask: SideColumns;
  /** Only of the distance form. */
  readonly middle: number | undefined;
}

export interface FlowColumns {
  readonly time: number;
  readonly book: BookColumns | undefined;
  readonly trade: { readonly price: number; readonly units: number; readonly side: number | undefined } | undefined;
  /** `inUnits` is false where the sums are values in currency. */
  readonly aggressors: { readonly bought: number; readonly sold: number; readonly inUnits: boolean } | undefined;
}

const timeNames = ["timestamp", "time", "datetime", "date", "systemtime", "t"];
const sizeNames = ["size", "amount", "qty", "quantity", "volume"];

/** What the columns with these names are; `undefined` where there is no time, or neither a book nor trades. */
export function findFlowColumns(names: readonly string[]): FlowColumns | undefined {
  const plain = names.map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ""));
  const find = (...candidates: readonly string[]): number | undefined => {
    const at = candidates.map((name) => plain.indexOf(name)).find((index) => index >= 0);
    return at;
  };
  const time = find(...timeNames);
  const book = priceAndSize(find) ?? distanceAndValue(find);
  const [price, units, side] = [
    find("price", "tradeprice"),
    find(...sizeNames),
    find("side", "aggressor", "takerside"),
  ];
  const trade = price === undefined || units === undefined ? undefined : { price, units, side };
  const aggressors = pair(find("buyaggrvol"), find("sellaggrvol"), true) ?? pair(find("buys"), find("sells"), false);
  if (time === undefined || (book === undefined && trade === undefined)) return undefined;
  return { time, book, trade, aggressors };
}

type Find = (...candidates: readonly string[]) => number | undefined;

function pair(bought: number | undefined, sold: number | undefined, inUnits: boolean): FlowColumns["aggressors"] {
  return bought === undefined || sold === undefined ? undefined : { bought, sold, inUnits };
}

/** Levels 1, 2, 3 … for as long as all four columns are there. */
function levelsOf(columnsOf: (level: number) => readonly (number | undefined)[]): {
  readonly bid: SideColumns;
  readonly ask: SideColumns;
} {
  const [bid, ask] = [
    { price: [] as number[], size: [] as number[] },
    { price: [] as number[], size: [] as number[] },
  ];
  for (let level = 0; ; level++) {
    const found = columnsOf(level).filter((index) => index !== undefined);
    if (found.length < 4) return { bid, ask };
    bid.price.push(found[0]);
    bid.size.push(found[1]);
    ask.price.push(found[2]);
    ask.size.push(found[3]);
  }
}

/** `bid1_price, bid1_size, …`, or a quote's `bid_price, bid_amount, …`. */
function priceAndSize(find: Find): BookColumns | undefined {
  const side = (name: string): readonly (number | undefined)[] => [
    find(`${name}price`),
    find(...sizeNames.map((size) => `${name}${size}`)),
  ];
  const numbered = levelsOf((level) => [...side(`bid${level + 1}`), ...side(`ask${level + 1}`)]);
  const sides =
    numbered.bid.price.length > 0
      ? numbered
      : levelsOf((level) => (level === 0 ? [...side("bid"), ...side("ask")] : []));
  return sides.bid.price.length > 0 ? { form: "price-size", ...sides, middle: undefined } : undefined;
}

/** `midpoint, bids_distance_0, bids_notional_0, asks_distance_0, …`. */
function distanceAndValue(find: Find): BookColumns | undefined {
  const middle = find("midpoint", "mid");
  const sides = levelsOf((level) =>
    ["bids", "asks"].flatMap((side) => [find(`${side}distance${level}`), find(`${side}notional${level}`)]),
  );
  if (middle === undefined || sides.bid.price.length === 0) return undefined;
  return { form: "distance-value", ...sides, middle };
}

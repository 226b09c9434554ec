/** @file From the currency of an instrument to that of the account: which instrument of the market gives the rate. */
import { Failure } from "#base/failure.ts";
import type { AssetClass, Instrument } from "#domain/instrument.ts";

/** The rate of a currency is the price of the instrument `pair`, or one over it. */
export interface Conversion {
  readonly pair: number;
  readonly inverse: boolean;
}

/** Contracts on a price: one holds their gain and not their value, so that a new rate is no gain on what was gained before. */
const contracts: readonly AssetClass[] = ["currency", "metal", "index", "perpetual"];

/** Is a position a contract, whose gains are settled at the rate of the moment? Else it is owned, and its whole value follows the rate. */
export function isContract({ assetClass }: Instrument): boolean {
  return contracts.includes(assetClass);
}

/**
 * How each instrument's currency is turned into the account's: undefined where it is the same. `currency` absent: that of all
 * instruments.
 * @throws Failure config/invalid where instruments differ and no currency is named, or where no instrument gives a rate
 */
export function conversions(
  instruments: readonly Instrument[],
  currency: string | undefined,
): (Conversion | undefined)[] {
  const found = [...new Set(instruments.map((each) => each.currency))].sort();
  if (currency === undefined && found.length > 1) {
    refuse(
      `account.currency: must be named (\`--set account.currency=USD\`), since instruments are in ${found.join(" and ")}`,
    );
  }
  const account = currency ?? found[0];
  return instruments.map((each) =>
    each.currency === account ? undefined : rateFrom(instruments, each.currency, account),
  );
}

function rateFrom(instruments: readonly Instrument[], currency: string, account: string): Conversion {
  const quoting = (base: string, quote: string): number =>
    instruments.findIndex((each) => {
      const letters = each.symbol.toUpperCase().replace("/", "");
      return each.assetClass === "currency" && each.currency === quote && letters.startsWith(base + quote);
    });
  const direct = quoting(currency, account);
  if (direct >= 0) return { pair: direct, inverse: false };
  const inverse = quoting(account, currency);
  if (inverse >= 0) return { pair: inverse, inverse: true };
  const pairs = `${currency}${account} or ${account}${currency}`;
  return refuse(
    `account.currency: ${account} needs the rate of ${currency}, and no instrument of the market is ${pairs}`,
  );
}

function refuse(found: string): never {
  throw new Failure("config/invalid", found);
}

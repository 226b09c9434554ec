/** @file Numbers and dates as they are printed. */

/** Stands for a number that does not exist. */
const absent = "–";

/** A true minus sign, and no minus before a zero. */
function signed(text: string): string {
  return /^-[0.]*$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

export function decimal(value: number | undefined, digits = 2): string {
  if (value === undefined || !Number.isFinite(value)) return absent;
  return signed(value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
}

/** A fraction in percent; the space before a unit never breaks. */
export function percent(value: number | undefined, digits = 1): string {
  return value === undefined || !Number.isFinite(value) ? absent : `${decimal(value * 100, digits)}\u00a0%`;
}

export function whole(value: number | undefined): string {
  return decimal(value, 0);
}

/** So many of what is named, e.g. "1 look", "2 looks". */
export function counted(count: number, what: string): string {
  return `${whole(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** How many times over. */
export function multiple(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? absent : `${decimal(value, 1)}\u00a0×`;
}

/** A day in UTC, as 2020-01-31. */
export function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** A moment in UTC, as 2020-01-31 16:05 UTC. */
export function moment(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** @file One text for equal values, whatever the order of their keys: what hashes of settings and manifests are made of. */

/** JSON with the keys of every record in order; what is undefined is left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) =>
    typeof held === "object" && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  );
}

/** @file Arrays that count how often a number in them is read or written, for tests of what a bar costs. */

export interface CountedArrays {
  /** Stands in for the built-in constructor. */
  readonly constructor: Float64ArrayConstructor;
  /** Numbers that were read or written so far in all arrays that it made; a method counts as all of its array. */
  touched(): number;
}

export function countedArrays(): CountedArrays {
  let touched = 0;
  const Real = Float64Array;
  const counted = (array: Float64Array): Float64Array =>
    new Proxy(array, {
      get(target, key) {
        if (isIndex(key)) {
          touched++;
          return Reflect.get(target, key, target);
        }
        const found: unknown = Reflect.get(target, key, target);
        if (typeof found !== "function") return found;
        return (...given: unknown[]): unknown => {
          touched += target.length;
          const said: unknown = Reflect.apply(found, target, given);
          return said instanceof Real ? counted(said) : said;
        };
      },
      set(target, key, value) {
        touched++;
        return Reflect.set(target, key, value, target);
      },
    });
  const constructor = new Proxy(Real, {
    construct: (target, given) => counted(Reflect.construct(target, given) as Float64Array),
    get(target, key) {
      // `of` and `from` make real arrays only.
      const found: unknown = Reflect.get(target, key);
      if (typeof found !== "function" || (key !== "of" && key !== "from")) return found;
      return (...given: unknown[]) => counted(Reflect.apply(found, target, given) as Float64Array);
    },
  });
  return { constructor, touched: () => touched };
}

function isIndex(key: string | symbol): key is string {
  return typeof key === "string" && key.charCodeAt(0) <= 57;
}

/** @file A column of numbers whose length is not known beforehand, kept in parts so that growing copies nothing. */

export interface GrowingColumn {
  push(value: number): void;
  length(): number;
  /** All values as one array; the parts are let go, so the column is empty afterwards. */
  finish(): Float64Array<ArrayBuffer>;
}

const partLength = 65_536;

export function growingColumn(): GrowingColumn {
  let parts: Float64Array<ArrayBuffer>[] = [];
  let part = new Float64Array(partLength);
  let used = 0;
  return {
    push(value) {
      if (used === partLength) {
        parts.push(part);
        part = new Float64Array(partLength);
        used = 0;
      }
      part[used++] = value;
    },
    length: () => parts.length * partLength + used,

    finish() {
      const whole = new Float64Array(parts.length * partLength + used);
      parts.forEach((full, at) => whole.set(full, at * partLength));
      whole.set(part.subarray(0, used), parts.length * partLength);
      parts = [];
      part = new Float64Array(partLength);
      used = 0;
      return whole;
    },
  };
}

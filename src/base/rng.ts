/** @file The only dice of the program: seeded, forkable, and restorable to the bit. */

/** A stream of random numbers. Two streams with the same seed and the same calls give the same numbers. */
export interface Rng {
  /** Uniform in [0, 1), with 32 random bits. */
  uniform(): number;
  /** A whole number, uniform in [0, below). */
  integer(below: number): number;
  /** Standard normal (Box and Muller, 1958; two uniforms a call, so that no hidden half is kept). */
  normal(): number;
  /** An independent stream, named by `label`; forking does not advance this one. */
  fork(label: string | number): Rng;
  /** Four 32-bit words that `restoreRng` turns back into this very stream. */
  state(): Uint32Array;
}

/** Hash of a text and a seed to 32 bits (FNV-1a with a final avalanche), to seed streams that share nothing. */
function mix(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A stream from a seed (any whole number) and an optional label. */
export function createRng(seed: number, label = ""): Rng {
  const words = new Uint32Array(4);
  for (let at = 0; at < 4; at++) words[at] = mix(`${seed}/${label}/${at}`, at + 1);
  words[3] = 1;
  const rng = restoreRng(words);
  for (let warm = 0; warm < 12; warm++) rng.uniform();
  return rng;
}

/** The stream that gave this state. The generator is sfc32 (Doty-Humphrey, PractRand). */
export function restoreRng(state: Uint32Array): Rng {
  let a = state[0] | 0;
  let b = state[1] | 0;
  let c = state[2] | 0;
  let counter = state[3] | 0;
  const uniform = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  return {
    uniform,
    integer: (below) => Math.floor(uniform() * below),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    fork: (label) => createRng(mix(`${a}/${b}/${c}/${counter}`, 0), String(label)),
    state: () => Uint32Array.of(a >>> 0, b >>> 0, c >>> 0, counter >>> 0),
  };
}

/** @file Generalised advantage estimation (Schulman et al., 2016, https://arxiv.org/abs/1506.02438), bootstrapped as it should be. */

/** A rollout of T steps in N lanes, all `[T × N]`, step after step. */
export interface Rollout {
  readonly rewards: Float32Array;
  /** V(sₜ), the state that the action was chosen in. */
  readonly values: Float32Array;
  /** V of the state that the step led to: of the last state of the episode where it was truncated. Unused where it was terminated. */
  readonly nextValues: Float32Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
}

/**
 * Aₜ = δₜ + γλ·Aₜ₊₁ with δₜ = rₜ + γ·V(sₜ₊₁) − V(sₜ). Behind a terminated step nothing has value (V = 0); behind a truncated
 * one the value of its last state counts; no advantage flows back over either.
 * @returns advantages `[T × N]`
 */
export function advantages(rollout: Rollout, lanes: number, gamma: number, lambda: number): Float32Array {
  const { rewards, values, nextValues, terminated, truncated } = rollout;
  const result = new Float32Array(rewards.length);
  for (let lane = 0; lane < lanes; lane++) {
    let following = 0;
    for (let at = rewards.length - lanes + lane; at >= 0; at -= lanes) {
      const beyond = terminated[at] === 1 ? 0 : gamma * nextValues[at];
      const carried = terminated[at] === 1 || truncated[at] === 1 ? 0 : gamma * lambda * following;
      following = rewards[at] + beyond - values[at] + carried;
      result[at] = following;
    }
  }
  return result;
}

/** Shifted and scaled in place to mean 0 and deviation 1 (a constant list becomes 0). */
export function normalise(values: Float32Array): void {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const scale = 1 / (Math.sqrt(squares / values.length) + 1e-8);
  for (let at = 0; at < values.length; at++) values[at] = (values[at] - mean) * scale;
}

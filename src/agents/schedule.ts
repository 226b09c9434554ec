/** @file How a setting changes while an agent trains: from its first value to its last, by how much of the training is done. */

export const scheduleShapes = ["linear", "cosine"] as const;

/** `linear`: in a straight line; `cosine`: half a cosine, flat at both ends (Loshchilov and Hutter, 2017, eq. 5, without restarts). */
export type ScheduleShape = (typeof scheduleShapes)[number];

/** The value at `progress`, 0 at the start and 1 at the end; constant where first and last are equal. */
export function scheduled(shape: ScheduleShape, first: number, last: number, progress: number): number {
  const done = Math.min(1, Math.max(0, progress));
  const share = shape === "linear" ? done : (1 - Math.cos(Math.PI * done)) / 2;
  return first + share * (last - first);
}

/** @file Ctrl-C: the first asks the work to end in good order, a later one ends the program at once. */

/** Signals that come this close together are one: npm passes on what the terminal has already sent. */
const sameSignalMs = 1000;

/** Runs `work` with a signal that is aborted by SIGINT or SIGTERM. */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  let since: number | undefined;
  const interrupt = (): void => {
    if (since !== undefined && performance.now() - since > sameSignalMs) process.exit(130);
    since ??= performance.now();
    stop.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    return await work(stop.signal);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/**
 * Run work for the newest input only: while one runs, later inputs wait, and all but the last of
 * them are passed over. Holding a slider asks no more than the server can answer.
 */
export function latest<T>(work: (input: T) => Promise<void>): (input: T) => Promise<void> {
  let waiting: { input: T } | null = null;
  let running: Promise<void> | null = null;
  const run = async () => {
    while (waiting) {
      const { input } = waiting;
      waiting = null;
      await work(input);
    }
  };
  return (input) => {
    waiting = { input };
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  };
}

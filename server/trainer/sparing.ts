import type { LoopRun } from "./loop.ts";

/** A write takes some hundredths of a second, and a small model has hundreds of epochs in one. */
const APART_MS = 1000;

/** Saves the first at once, later ones when a second has gone by since; `flush` saves what waits. */
export function sparing(save: LoopRun["save"]): { readonly save: LoopRun["save"]; readonly flush: () => Promise<void> } {
  let last = -Infinity;
  let waiting: Parameters<LoopRun["save"]> | undefined;
  const flush = async (): Promise<void> => {
    if (!waiting) return;
    const due = waiting;
    waiting = undefined;
    await save(...due);
    last = performance.now();
  };
  return {
    async save(...best) {
      waiting = best;
      if (performance.now() - last >= APART_MS) await flush();
    },
    flush,
  };
}

import { type Node, rangeOf } from "../language/index.ts";
import type { ErrorEvent } from "./protocol.ts";

/** What stops a run, said to a person: what is wrong, why, what to do. Anything else that is thrown is a bug of ours. */
export class TrainerError extends Error {
  readonly event: ErrorEvent;

  constructor(code: string, message: string, place: { file?: string; line?: number; column?: number } = {}) {
    super(message);
    this.event = { event: "error", code, message, ...place };
  }
}

/** Where a layer or input is written. */
export function placeOf(node: Node | undefined): { file?: string; line?: number; column?: number } {
  if (!node) return {};
  const { start } = rangeOf(node.site);
  return { file: node.site.file, line: start.line + 1, column: start.character + 1 };
}

export function errorEvent(cause: unknown): ErrorEvent {
  if (cause instanceof TrainerError) return cause.event;
  const { message, stack } = cause instanceof Error ? cause : { message: String(cause), stack: undefined };
  if (/out of memory|allocation failed|OOM when allocating/i.test(message)) {
    return { event: "error", code: "out-of-memory", message: `There is not enough memory for a step: ${message.split("\n")[0]}. A smaller batch needs less.` };
  }
  return { event: "error", code: "internal", message: `The trainer failed on its own account, please report it: ${stack ?? message}` };
}

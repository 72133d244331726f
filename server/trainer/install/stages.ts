/** What the stages of an installation share: how they report, stop and fail. */

export interface Progress {
  readonly stage: "look" | "download" | "wheel" | "unpack" | "build" | "test" | "done";
  readonly message: string;
  /** In [0, 1], where it is known. */
  readonly fraction?: number;
}

export type Report = (p: Progress) => void;

export interface Stage {
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly offline: boolean;
}

/** A stage can't do its work, for a reason a person understands: the next stage is tried. One line, no full stop. */
export class StageFailure extends Error {
  override readonly name = "StageFailure";
}

/** No later stage can help either (no space, cache not writable, stopped by the person). */
export class InstallFailure extends Error {
  override readonly name = "InstallFailure";
}

export const stopped = "stopped before it was done";

export function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new InstallFailure(stopped);
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** Errors of Node, npm's and pip's children in one line. */
export function oneLine(e: unknown): string {
  const text = e instanceof Error ? e.message : String(e);
  return (text.split("\n").find((l) => l.trim() !== "") ?? "unknown error").trim().replace(/\.$/, "");
}

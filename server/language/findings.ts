import type { Cause, Site } from "./syntax/tree.ts";

export type Severity = "error" | "warning" | "information" | "hint";

/** A diagnostic before it has absolute positions. */
export interface Finding {
  /** Kebab-case and stable: docs/diagnostics/CODE.md explains it. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, why, and what would do. */
  readonly message: string;
  readonly site: Site;
  /** Said after the message with its line: "[28, 28, 1] comes from input image, line 11". */
  readonly origin?: { readonly site: Site; readonly text: string };
  readonly related?: readonly { readonly site: Site; readonly message: string }[];
  readonly fixes?: readonly Fix[];
  /** Where one code has several mends: which. */
  readonly cause?: Cause;
  /** In the place of `fixes`, where they are many edits: worked out when asked for. */
  readonly propose?: () => readonly Fix[];
  /** Shown faded (unused code). */
  readonly unnecessary?: boolean;
}

export interface Fix {
  /** "kernel 28, the largest that fits" */
  readonly title: string;
  readonly edits: readonly { readonly site: Site; readonly text: string }[];
  /** It says what was meant: findings that the mistake had hidden may come with it, errors apart. */
  readonly unmasks?: boolean;
}

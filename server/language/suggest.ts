import { grouped } from "./digits.ts";
import { closest, distance } from "fastest-levenshtein";

export interface Suggestion {
  /** For the end of a message; empty where nothing is near. */
  readonly text: string;
  readonly name: string | undefined;
}

/** A text may have thousands of names, and as many that are none of them. */
export const MOST_NAMES = 600;

/** `; did you mean conv2d?`, or nothing where no name is near. */
export function didYouMean(name: string, names: Iterable<string>): Suggestion {
  const candidates = first(names);
  if (name === "" || name.length > 64 || candidates.length === 0) return suggestion(undefined);
  const word = sameWord(name);
  const begun = candidates.filter((c) => sameWord(c).startsWith(word));
  const same = begun.find((c) => sameWord(c) === word);
  if (!same && name.length >= 3 && begun.length === 1) return suggestion(begun[0]);
  const limit = Math.max(1, Math.floor(name.length / 3));
  // Of a length that far from its own none is near: a file may have names by the thousand.
  const near = same ?? closest(name, candidates.filter((c) => Math.abs(c.length - name.length) <= limit));
  if (near === undefined) return suggestion(undefined);
  // Two names of one letter have nothing in common.
  const apart = distance(name, near);
  return suggestion(same || (apart <= limit && apart < name.length) || isSwap(name, near) ? near : undefined);
}

function first(names: Iterable<string>): string[] {
  const found: string[] = [];
  for (const name of names) if (found.push(name) >= MOST_NAMES) break;
  return found;
}

export function suggestion(name: string | undefined): Suggestion {
  return { text: name === undefined ? "" : `; did you mean ${name}?`, name };
}

/** `a, b and 9,998 more`: names in a message, as many as anyone reads. */
export function listed(names: readonly string[], most = 10): string {
  return names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${grouped(names.length - most)} more`;
}

/** Two letters that lie side by side in the wrong order: modle. */
function isSwap(a: string, b: string): boolean {
  const at = [...a].findIndex((c, i) => c !== b[i]);
  return a.length === b.length && at >= 0 && a.slice(at, at + 2) === `${b[at + 1]}${b[at]}` && a.slice(at + 2) === b.slice(at + 2);
}

/** Equal for one word in different spellings: Conv2D, conv2d, conv_2d. */
export function sameWord(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

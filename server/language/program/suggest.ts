import { closest, distance } from "fastest-levenshtein";

/** `; did you mean conv2d?`, or nothing where no name is near. */
export function didYouMean(name: string, names: Iterable<string>): { readonly text: string; readonly name: string | undefined } {
  const candidates = [...names];
  if (name === "" || name.length > 64 || candidates.length === 0) return { text: "", name: undefined };
  const simple = (s: string) => s.toLowerCase().replaceAll("_", "");
  // Conv2D, maxPool2d: the same word in another framework's spelling.
  const same = candidates.find((c) => simple(c) === simple(name));
  const near = same ?? closest(name, candidates);
  const limit = Math.max(1, Math.floor(name.length / 3));
  if (!same && distance(name, near) > limit) return { text: "", name: undefined };
  return { text: `; did you mean ${near}?`, name: near };
}

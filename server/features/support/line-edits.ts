import type { TextEdit } from "vscode-languageserver-types";

/**
 * Edits that make one text's lines another's, where lines with something on them stay lines and only blank ones come and
 * go: one for each line that changes. `first` is the number of the first line.
 */
export function editsBetween(old: readonly string[], fresh: readonly string[], first: number, eol: string): TextEdit[] {
  const edits: TextEdit[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    const [had, has] = [blanks(old, i), blanks(fresh, j)];
    const kept = Math.min(had, has);
    for (let n = 0; n < kept; n++) if (old[i + n] !== "") edits.push(lineEdit(first + i + n, old[i + n]!, ""));
    if (had !== has) edits.push(blankEdit(old, i + kept, i + had, has - kept, first, eol));
    i += had;
    j += has;
    if (i < old.length && j < fresh.length && old[i] !== fresh[j]) edits.push(lineEdit(first + i, old[i]!, fresh[j]!));
    i++;
    j++;
  }
  return edits;
}

function blanks(lines: readonly string[], from: number): number {
  let n = 0;
  while (from + n < lines.length && lines[from + n]!.trim() === "") n++;
  return n;
}

/** Takes the blank lines `from` … `to` away, or puts so many there. */
function blankEdit(old: readonly string[], from: number, to: number, more: number, first: number, eol: string): TextEdit {
  const start = { line: first + from, character: 0 };
  if (to < old.length) return { range: { start, end: { line: first + to, character: 0 } }, newText: eol.repeat(more) };
  // At the end of the text the break before them goes, or comes.
  const before = from === 0 ? start : { line: first + from - 1, character: old[from - 1]!.length };
  const last = old.length - 1;
  return { range: { start: before, end: more > 0 ? before : { line: first + last, character: old[last]!.length } }, newText: eol.repeat(more) };
}

export function lineEdit(line: number, old: string, fresh: string): TextEdit {
  const least = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < least && old[start] === fresh[start]) start++;
  let end = 0;
  while (end < least - start && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) end++;
  return { range: { start: { line, character: start }, end: { line, character: old.length - end } }, newText: fresh.slice(start, fresh.length - end) };
}

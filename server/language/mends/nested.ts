import type { Fix } from "../findings.ts";
import { indentOf } from "../syntax/spans.ts";
import type { Declaration } from "../syntax/tree.ts";
import type { Patient } from "./arguments.ts";

const firstLine = ({ line, doc }: Declaration): number => line.number - (doc === undefined ? 0 : doc.split("\n").length);
const lastLine = ({ line, span }: Declaration): number => line.number + span.endLine;

/** A declaration out of the body that it stands in, and above it (a training below); a model that is a part becomes a block, used where it stood. */
export function apart({ analysis: { syntax }, range, edits }: Patient): readonly Fix[] | undefined {
  const inner = syntax.declarations.find((d) => d.nested && d.line.number === range.start.line);
  const outer = syntax.declarations.find((d) => !d.nested && d.line.number < range.start.line && range.start.line <= lastLine(d));
  if (!inner || !outer || inner.kind === "import") return undefined;
  const { text } = edits;
  const [first, last] = [firstLine(inner), lastLine(inner)];
  // What else stands in its last line is not moved.
  if (text.lineText(last).length > inner.span.end && text.lineText(last).slice(inner.span.end).trim() !== "") return undefined;
  const own = indentOf(text.lineText(first));
  const [kept, named] = [indentOf(text.lineText(outer.line.number)), inner.kind === "block" && /^\s*model\b/.test(text.lineText(inner.line.number))];
  const moved = Array.from({ length: last - first + 1 }, (_, i) => {
    const line = text.lineText(first + i);
    const shifted = line.startsWith(own) ? kept + line.slice(own.length) : line;
    return named && first + i === inner.line.number ? shifted.replace("model", "block") : shifted;
  });
  const above = edits.insert(firstLine(outer), 0, `${moved.join("\n")}\n\n`);
  const around = `${outer.kind}${"name" in outer ? ` ${outer.name.text}` : ""}`;
  if (inner.kind === "train") return [{ title: `Put it below ${around}`, edits: [edits.removeLines(first, last), edits.insert(lastLine(outer), text.lineText(lastLine(outer)).length, `\n\n${moved.join("\n")}`)], unmasks: true }];
  if (!named || ("params" in inner && inner.params.some((p) => !p.default))) return [{ title: `Put it above ${around}`, edits: [above, edits.removeLines(first, last)], unmasks: true }];
  return [{ title: `Make it a block above, and use ${inner.name.text} here`, edits: [above, edits.replaceLines(first, last, `${own}${inner.name.text}`)], unmasks: true }];
}

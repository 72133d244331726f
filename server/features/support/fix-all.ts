import { applied, type Document, fixesOf, isCheck, Trials } from "../../language/index.ts";
import { previewOf } from "./preview.ts";

/** A text with more to mend than this is mended in part; asking again goes on. */
const MOST_FIXES = 50;
/** It is asked for by name, or when a text is saved: so much more may be tried than for a menu. */
const LONGER = 4;

/**
 * The text with every safe fix applied; undefined where there is none. Safe is the only fix of an error or warning,
 * if it cures and does no harm by itself, and takes away nothing that somebody wrote. A budget is a wish, and is kept;
 * what a check proposes changes how the model learns, and is for a person to choose. Each fix is judged on the text that
 * the fixes before it have left, so that none of them meets another.
 */
export function fixAll(document: Document): string | undefined {
  let current = document;
  const trials = new Trials(LONGER);
  for (let i = 0; i < MOST_FIXES; i++) {
    const fixed = next(current, trials);
    if (!fixed) break;
    current = fixed;
  }
  return current === document ? undefined : current.text;
}

function next(document: Document, trials: Trials): Document | undefined {
  const analysis = document.analysis();
  for (const finding of analysis.findings) {
    if (finding.unnecessary || (finding.severity !== "error" && finding.severity !== "warning") || finding.code === "budget-exceeded" || isCheck(finding.code)) continue;
    const [fix, ...others] = fixesOf(finding, analysis, document, trials);
    const removes = fix?.edits.every((e) => e.text === "" && /\w/.test(e.site.line.text?.slice(e.site.span.start, e.site.span.end) ?? "something"));
    const preview = fix && !removes && others.length === 0 ? previewOf(document, finding, fix, trials) : undefined;
    if (preview?.cures) return document.instead(applied(document.text, fix!));
  }
  return undefined;
}

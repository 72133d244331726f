import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { didYouMean } from "../../language/suggest.ts";
import { type Found, foundIn, isProblem, rendered, tally } from "../diagnostics.ts";
import { exit, type ExitCode, Misuse } from "../exit.ts";
import { expand, type Named, opened, probesOf } from "../files.ts";
import { painter, widthOf } from "../text.ts";

export async function check(args: readonly string[], options: { readonly json?: true; readonly explain?: string }): Promise<ExitCode> {
  if (options.explain !== undefined) return explain(options.explain);
  if (args.length === 0) throw new Misuse("check what? Name a file or a folder: nnet check my.nnet");
  const files: { readonly file: Named; readonly found: readonly Found[]; readonly allowed: number }[] = [];
  const probes = probesOf();
  for (const file of expand(args)) {
    const document = await opened(file, probes);
    files.push({ file, found: foundIn(file, document), allowed: document.analysis().allowed.length });
  }
  const all = files.flatMap((f) => f.found);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ diagnostics: all.map((f) => f.diagnostic) })}\n`);
  } else {
    const paint = painter(process.stdout);
    // In a pipe, one line has all of a finding: other programs read it.
    const width = process.stdout.isTTY ? widthOf(process.stdout) : undefined;
    for (const { file, found } of files) for (const f of found) process.stdout.write(`${rendered(file, f, paint, width)}\n\n`);
    process.stdout.write(`${tally(all, files.reduce((n, f) => n + f.allowed, 0), files.length)}\n`);
  }
  return all.some(isProblem) ? exit.findings : exit.fine;
}

function explain(code: string): ExitCode {
  const folder = join(import.meta.dirname, "../docs/diagnostics");
  const codes = readdirSync(folder).filter((f) => f.endsWith(".md")).map((f) => f.slice(0, -3));
  if (!codes.includes(code)) {
    const near = didYouMean(code, codes);
    throw new Misuse(`there is no diagnostic ${code}${near.text || `; there are:\n${codes.map((c) => `  ${c}`).join("\n")}`}`);
  }
  process.stdout.write(readFileSync(join(folder, `${code}.md`), "utf8"));
  return exit.fine;
}

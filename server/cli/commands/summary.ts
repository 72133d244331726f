import { foundIn, rendered } from "../diagnostics.ts";
import { exit, type ExitCode, Misuse } from "../exit.ts";
import { expand, opened } from "../files.ts";
import { summaryOf } from "../summary/json.ts";
import { tableOf } from "../summary/table.ts";
import { painter, widthOf } from "../text.ts";

export async function summary(args: readonly string[], options: { readonly json?: true; readonly model?: string }): Promise<ExitCode> {
  const files = await Promise.all(expand(args).map(async (file) => ({ file, document: await opened(file) })));
  const known = files.flatMap(({ file, document }) => document.analysis().models.map(({ model, declaration }) => ({ file, model, batch: document.analysis().trains.find((t) => t.declaration.model.text === model.name)?.settings?.batch, line: declaration.line.number + declaration.name.span.line + 1 })));
  const chosen = known.filter(({ model }) => options.model === undefined || model.name === options.model);
  if (options.model !== undefined && chosen.length === 0) {
    const names = known.map(({ model }) => model.name);
    throw new Misuse(`there is no model ${options.model}; ${names.length > 0 ? `there are ${names.join(", ")}` : "there is none at all"}`);
  }
  const summaries = chosen.map(({ file, model, line, batch }) => summaryOf(file, line, model, batch));
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ models: summaries })}\n`);
  } else {
    const paint = painter(process.stdout);
    process.stdout.write(summaries.map((s) => tableOf(s, paint, widthOf(process.stdout))).join("\n"));
  }
  let failed = false;
  for (const { file, document } of files) {
    const paint = painter(process.stderr);
    for (const f of foundIn(file, document).filter((f) => f.diagnostic.severity === "error")) {
      failed = true;
      process.stderr.write(`\n${rendered(file, f, paint, process.stderr.isTTY ? widthOf(process.stderr) : undefined)}\n`);
    }
  }
  if (!options.json && known.length === 0 && !failed) process.stderr.write(`nnet: no model in ${files.map((f) => f.file.shown).join(", ")}\n`);
  return failed ? exit.findings : exit.fine;
}

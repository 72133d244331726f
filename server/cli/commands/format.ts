import { randomUUID } from "node:crypto";
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Document, format as formatted } from "../../language/index.ts";
import { foundIn, rendered } from "../diagnostics.ts";
import { exit, type ExitCode, Misuse } from "../exit.ts";
import { disk, expand, type Named, readText } from "../files.ts";
import { painter, widthOf } from "../text.ts";

export async function format(args: readonly string[], options: { readonly write?: true; readonly check?: true; readonly stdin?: true }): Promise<ExitCode> {
  if (options.stdin) {
    if (args.length > 0) throw new Misuse("--stdin reads standard input: name no file");
    const text = await standardInput();
    const result = formatted(text);
    if (result === undefined) return refuse({ shown: "standard input", path: "/standard input" }, text);
    process.stdout.write(result);
    return exit.fine;
  }
  if (args.length === 0) throw new Misuse("format what? Name a file or a folder: nnet format my.nnet");
  const files = expand(args);
  if (files.length > 1 && !options.write && !options.check) throw new Misuse("several files go with --write (change them) or --check (name those that would change)");
  let code: ExitCode = exit.fine;
  for (const file of files) {
    const text = readText(file);
    const result = formatted(text);
    if (result === undefined) code = refuse(file, text);
    else if (options.write) {
      if (result !== text) {
        replace(file, result);
        process.stdout.write(`${file.shown}\n`);
      }
    } else if (options.check) {
      if (result !== text) {
        code = exit.findings;
        process.stdout.write(`${file.shown}\n`);
      }
    } else process.stdout.write(result);
  }
  return code;
}

async function standardInput(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk as string;
  return text;
}

/** Laying out what is not understood could lose some of it. */
function refuse(file: Named, text: string): ExitCode {
  const paint = painter(process.stderr);
  process.stderr.write(`nnet: ${file.shown} has a syntax error and is left as it is\n`);
  const errors = foundIn(file, new Document(file.path, text, disk)).filter((f) => f.diagnostic.severity === "error");
  if (errors[0]) process.stderr.write(`${rendered(file, errors[0], paint, process.stderr.isTTY ? widthOf(process.stderr) : undefined)}\n`);
  return exit.findings;
}

/** All of it or nothing: a file cut off half-way would lose work. */
function replace(file: Named, text: string): void {
  const path = realpathSync(file.path);
  const fresh = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    writeFileSync(fresh, text, { mode: statSync(path).mode });
    renameSync(fresh, path);
  } catch (e) {
    rmSync(fresh, { force: true });
    throw new Misuse(`${file.shown} can't be written: ${e instanceof Error ? e.message : String(e)}`);
  }
}

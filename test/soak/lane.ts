// A lane of generated.ts, in a process of its own: its judge, its clock and its server work one after another, so that a time is that of its request.
import { analyse } from "../../server/language/index.ts";
import { misformatted, place } from "./checks.ts";
import { program } from "./programs.ts";
import { Random } from "./random.ts";
import { guarded } from "./result.ts";
import { Server, type Usage } from "./server.ts";

/** Every `step`th program from `first`, `programs` of them in all lanes. */
export interface Lane {
  readonly first: number;
  readonly step: number;
  readonly programs: number;
}

export interface Run {
  readonly wrong: readonly string[];
  readonly formatted: number;
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds of each request, diagnostics included. */
  readonly times: Float64Array;
  /** After each `every` programs. */
  readonly usages: readonly Usage[];
  readonly every: number;
}

/** Of so many programs one is asked about. */
const ASKED = 5;
/** No request may take longer, in milliseconds. */
const LONGEST = 1000;
const METHODS = ["hover", "completion", "signatureHelp", "documentSymbol", "semanticTokens/full", "inlayHint", "codeAction", "codeLens", "rename", "formatting", "foldingRange", "references"];

process.once("message", (lane: Lane) => void walk(lane).then((run) => process.send!(run, undefined, undefined, () => process.exit(0))));

async function walk({ first, step, programs }: Lane): Promise<Run> {
  const wrong: string[] = [];
  const times: number[] = [];
  const usages: Usage[] = [];
  const own = Math.ceil((programs - first) / step);
  const every = Math.max(1, Math.floor(own / 5));
  let [formatted, requests, errors, processor] = [0, 0, 0, 0];
  const server = new Server();
  const { editor } = server;
  const timed = async (what: string, work: Promise<unknown>): Promise<void> => {
    const start = performance.now();
    await work;
    const time = performance.now() - start;
    times.push(time);
    if (time > LONGEST) wrong.push(`${what} took ${time.toFixed(0)} ms (its program until then ${(server.processor() - processor).toFixed(0)} ms of the server's processor time)`);
  };
  await editor.start();
  for (let seed = first, done = 1; seed < programs; seed += step, done++) {
    const text = program(seed);
    guarded(wrong, () => `seed ${seed}`, () => {
      const misfit = misformatted(text);
      if (misfit === undefined) formatted++;
      else if (misfit !== "refused") wrong.push(`seed ${seed}, formatted: ${misfit}`);
      if (analyse("/t.nnet", text).findings.some((f) => f.severity === "error")) errors++;
    });
    const uri = `file:///soak/${seed}.nnet`;
    editor.published.length = 0;
    processor = server.processor();
    await editor.open(uri, text);
    await timed(`seed ${seed}: diagnostics`, editor.diagnostics(uri, 1));
    if (seed % ASKED === 0) {
      const r = new Random(seed);
      const range = { start: { line: 0, character: 0 }, end: place(text, text.length) };
      const at = { textDocument: { uri }, position: place(text, r.below(text.length + 1)), range, context: { diagnostics: [], includeDeclaration: true }, newName: "other", options: { tabSize: 2, insertSpaces: true } };
      for (const method of METHODS) {
        requests++;
        // A refusal is an answer; what fails inside is not.
        await timed(`seed ${seed}: ${method}`, editor.ask(`textDocument/${method}`, at).catch((cause: { code?: number }) => {
          if (cause.code !== -32803) wrong.push(`seed ${seed}: ${method}: ${String(cause)}`);
        }));
      }
    }
    await editor.close(uri);
    if (done % Math.ceil(own / 10) === 0) console.error(`lane ${first}: ${done} of ${own} programs, ${wrong.length} went wrong`);
    if (done % every === 0) usages.push(await server.usage());
  }
  wrong.push(...editor.logged.filter((l) => / failed: /.test(l)));
  if (!server.alive) wrong.push("the server has ended");
  server.end();
  return { wrong, formatted, requests, errors, times: Float64Array.from(times), usages, every };
}

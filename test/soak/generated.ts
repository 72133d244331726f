import { analyse } from "../../server/language/index.ts";
import { misformatted, place } from "./checks.ts";
import { program } from "./programs.ts";
import { Random } from "./random.ts";
import { count, guarded, quantile, type Result } from "./result.ts";
import { Server, type Usage } from "./server.ts";

const PROGRAMS = 100_000;
/** Servers side by side: while one works, the programs of the other are judged here. */
const SERVERS = 2;
/** Of so many programs one is asked about. */
const ASKED = 5;
/** No request may take longer, in milliseconds. */
const LONGEST = 1000;

export const title = "Generated programs, through the real server";

export async function run(share: number): Promise<Result> {
  const wrong: string[] = [];
  const programs = Math.ceil(PROGRAMS * share);
  let [formatted, requests, errors] = [0, 0, 0];
  const every = Math.max(1, Math.floor(programs / SERVERS / 5));
  const times: number[] = [];
  const usages: Usage[] = [];
  let done = 0;
  const timed = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work;
    const time = performance.now() - start;
    times.push(time);
    if (time > LONGEST) wrong.push(`${what} took ${time.toFixed(0)} ms`);
    return result;
  };
  const lane = async (first: number): Promise<void> => {
    const server = new Server();
    const { editor } = server;
    await editor.start();
    for (let seed = first; seed < programs; seed += SERVERS) {
      const text = program(seed);
      guarded(wrong, () => `seed ${seed}`, () => {
        const misfit = misformatted(text);
        if (misfit === undefined) formatted++;
        else if (misfit !== "refused") wrong.push(`seed ${seed}, formatted: ${misfit}`);
        if (analyse("/t.nnet", text).findings.some((f) => f.severity === "error")) errors++;
      });
      const uri = `file:///soak/${seed}.nnet`;
      editor.published.length = 0;
      await editor.open(uri, text);
      await timed(`seed ${seed}: diagnostics`, editor.diagnostics(uri, 1));
      if (seed % ASKED === 0) {
        const r = new Random(seed);
        const lines = text.split("\n");
        const range = { start: { line: 0, character: 0 }, end: { line: lines.length - 1, character: lines.at(-1)!.length } };
        const at = { textDocument: { uri }, position: place(text, r.below(text.length + 1)), range, context: { diagnostics: [], includeDeclaration: true }, newName: "other", options: { tabSize: 2, insertSpaces: true }, positions: [], ch: "\n" };
        for (const method of ["hover", "completion", "signatureHelp", "documentSymbol", "semanticTokens/full", "inlayHint", "codeAction", "codeLens", "rename", "formatting", "foldingRange", "references"]) {
          requests++;
          try {
            await timed(`seed ${seed}: ${method}`, editor.ask(`textDocument/${method}`, at));
          } catch (cause) {
            // A refusal is an answer; what fails inside is not.
            if ((cause as { code?: number }).code !== -32803) wrong.push(`seed ${seed}: ${method}: ${String(cause)}`);
          }
        }
      }
      await editor.close(uri);
      done++;
      if (done % Math.ceil(programs / 20) === 0) console.error(`${count(done)} of ${count(programs)} programs, ${wrong.length} went wrong`);
      // One server is watched.
      if (first === 0 && (Math.floor(seed / SERVERS) + 1) % every === 0) usages.push(await server.usage());
    }
    wrong.push(...editor.logged.filter((l) => / failed: /.test(l)));
    if (!server.alive) wrong.push("the server has ended");
    server.end();
  };
  await Promise.all(Array.from({ length: SERVERS }, (_, i) => lane(i)));
  const [first, last] = [usages[0]!, usages.at(-1)!];
  if (share === 1 && last.heap > 1.5 * first.heap + 10) wrong.push(`the heap grew from ${first.heap.toFixed(0)} to ${last.heap.toFixed(0)} MB`);
  return { wrong, text: [
    `${count(programs)} programs made by the grammar from seeds, half of them damaged, a tenth of them soup; ${count(errors)} have errors. Each was opened, diagnosed and closed in one of two servers side by side; of ${count(requests)} further requests (hover, completion, signature, symbols, tokens, hints, actions, lenses, rename, formatting, folding, references) none failed unless it says so below. ${count(formatted)} programs were formatted: idempotent, with the same words, comments, models, counts and findings.`,
    "",
    `Milliseconds from asking to the answer: median ${quantile(times, 0.5).toFixed(1)}, 99.9 % within ${quantile(times, 0.999).toFixed(1)}, the longest ${Math.max(0, ...times.slice(-100_000), quantile(times, 1)).toFixed(0)}.`,
    "",
    "| texts opened and closed by one of them | heap after a collection, MB | resident, MB |", "|---|---:|---:|",
    ...usages.map((u, i) => `| ${count((i + 1) * every)} | ${u.heap.toFixed(1)} | ${u.resident.toFixed(0)} |`),
  ].join("\n") };
}

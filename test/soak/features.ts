import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic } from "vscode-languageserver/node";
import { hostileTexts } from "../kit/hostile.ts";
import { place } from "./checks.ts";
import { count, type Result } from "./result.ts";
import { Server } from "./server.ts";

export const title = "Every feature over hostile texts";

/** No request may take longer, in milliseconds. */
const LONGEST = 1000;

/** A capability of the server, what it is asked by, and the part of a request that not all have. */
const REQUESTS: readonly (readonly [capability: string, method: string, more?: (found: readonly Diagnostic[]) => object])[] = [
  ["hoverProvider", "textDocument/hover"],
  ["completionProvider", "textDocument/completion"],
  ["signatureHelpProvider", "textDocument/signatureHelp"],
  ["definitionProvider", "textDocument/definition"],
  ["referencesProvider", "textDocument/references", () => ({ context: { includeDeclaration: true } })],
  ["documentHighlightProvider", "textDocument/documentHighlight"],
  ["renameProvider", "textDocument/prepareRename"],
  ["renameProvider", "textDocument/rename", () => ({ newName: "other" })],
  ["linkedEditingRangeProvider", "textDocument/linkedEditingRange"],
  ["callHierarchyProvider", "textDocument/prepareCallHierarchy"],
  ["selectionRangeProvider", "textDocument/selectionRange"],
  ["documentOnTypeFormattingProvider", "textDocument/onTypeFormatting", () => ({ ch: "\n", options: { tabSize: 2, insertSpaces: true } })],
  ["codeActionProvider", "textDocument/codeAction", (found) => ({ context: { diagnostics: found.slice(0, 20) } })],
  ["codeActionProvider", "textDocument/codeAction", () => ({ context: { diagnostics: [], only: ["source.fixAll"] } })],
  ["documentSymbolProvider", "textDocument/documentSymbol"],
  ["foldingRangeProvider", "textDocument/foldingRange"],
  ["semanticTokensProvider", "textDocument/semanticTokens/full"],
  ["semanticTokensProvider", "textDocument/semanticTokens/range"],
  ["inlayHintProvider", "textDocument/inlayHint"],
  ["codeLensProvider", "textDocument/codeLens"],
  ["documentLinkProvider", "textDocument/documentLink"],
  ["documentFormattingProvider", "textDocument/formatting", () => ({ options: { tabSize: 2, insertSpaces: true } })],
  ["documentRangeFormattingProvider", "textDocument/rangeFormatting", () => ({ options: { tabSize: 2, insertSpaces: true } })],
  ["diagnosticProvider", "textDocument/diagnostic"],
  ["workspaceSymbolProvider", "workspace/symbol", () => ({ query: "M" })],
];
/** Those that answer for a place, and not for the text. */
const PLACED = REQUESTS.findIndex(([, method]) => method === "textDocument/documentSymbol");

interface Slowest {
  wall: number;
  processor: number;
  text: string;
  asked: number;
  /** Past the limit: how many of the texts. */
  readonly over: Set<string>;
}

export async function run(share: number): Promise<Result> {
  const wrong: string[] = [];
  const slowest = new Map<string, Slowest>();
  const folder = mkdtempSync(join(tmpdir(), "nnet-features-"));
  const texts = hostileTexts.filter((_, i) => i % Math.max(1, Math.round(1 / share)) === 0);
  const server = new Server();
  const { editor } = server;
  try {
    const { capabilities } = await editor.start({}, { workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "hostile" }] });
    const offered = REQUESTS.filter(([capability]) => capability in capabilities);
    for (const [i, { name, text, files }] of texts.entries()) {
      const here = join(folder, String(i));
      mkdirSync(here);
      for (const [file, content] of Object.entries(files?.() ?? {})) writeFileSync(join(here, file), content);
      const uri = pathToFileURL(join(here, "text.nnet")).href;
      const written = text();
      editor.published.length = 0;
      await editor.open(uri, written);
      const found = await editor.diagnostics(uri, 1);
      const end = place(written, written.length);
      const places = [...found.slice(0, 1).map((d) => d.range.start), place(written, Math.floor(written.length / 2)), end];
      for (const [, method, more] of offered) {
        const what = `${method.replace("textDocument/", "")}${(more?.([]) as { context?: { only?: string[] } } | undefined)?.context?.only?.map((o) => ` ${o}`).join("") ?? ""}`;
        const known = slowest.get(what) ?? { wall: 0, processor: 0, text: "", asked: 0, over: new Set<string>() };
        slowest.set(what, known);
        for (const position of REQUESTS.findIndex((r) => r[1] === method) < PLACED ? places : [places[0]!]) {
          const asked = { textDocument: { uri }, position, positions: [position], range: { start: { line: 0, character: 0 }, end }, context: { diagnostics: [] }, ...more?.(found) };
          const [start, before] = [performance.now(), server.processor()];
          await editor.ask(method, asked).catch((cause: { code?: number }) => {
            // A refusal is an answer; what fails inside is not.
            if (cause.code !== -32803) wrong.push(`${name}: ${what}: ${String(cause)}`);
          });
          const [wall, processor] = [performance.now() - start, server.processor() - before];
          known.asked++;
          if (wall > LONGEST) {
            known.over.add(name);
            wrong.push(`${name}: ${what} took ${wall.toFixed(0)} ms (${processor.toFixed(0)} of processor)`);
          }
          if (wall > known.wall) Object.assign(known, { wall, processor, text: name });
        }
      }
      await editor.close(uri);
      if (!server.alive) throw new Error(`the server has ended at: ${name}`);
      if ((i + 1) % 20 === 0) console.error(`${i + 1} of ${texts.length} texts, ${wrong.length} went wrong`);
    }
    wrong.push(...editor.logged.filter((l) => / failed: /.test(l)));
  } finally {
    server.end();
    rmSync(folder, { recursive: true, force: true });
  }
  return { wrong, text: [
    `Each of the ${texts.length} hostile texts is opened, and everything asked of it that the server offers: what is about a place at the first diagnostic, in the middle and at the end. The processor time of a slowest request is the server's, its collector's and compiler's threads included.`,
    "",
    "| request | asked | slowest, ms | of processor | over |", "|---|---:|---:|---:|---|",
    ...[...slowest].map(([what, s]) => `| ${what} | ${count(s.asked)} | ${s.wall.toFixed(0)} | ${s.processor.toFixed(0)} | ${s.text.replaceAll("|", "\\|")} |`),
  ].join("\n") };
}

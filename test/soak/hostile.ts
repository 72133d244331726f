import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { hostileTexts } from "../kit/hostile.ts";
import { count, type Result } from "./result.ts";
import { Server } from "./server.ts";

export const title = "Hostile texts, through the real server";

/** Milliseconds from opening to diagnostics, and of processor time in the server meanwhile. */
const LONGEST = 200;

export async function run(): Promise<Result> {
  const wrong: string[] = [];
  const rows: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "nnet-hostile-"));
  let slow = 0;
  let longest = { name: "", text: "" };
  let floor = "";
  try {
    const server = new Server();
    const { editor } = server;
    await editor.start({}, { workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "hostile" }] });
    for (const [i, { name, text, files, codes }] of hostileTexts.entries()) {
      const here = join(folder, String(i));
      mkdirSync(here);
      for (const [file, content] of Object.entries(files?.() ?? {})) writeFileSync(join(here, file), content);
      const uri = pathToFileURL(join(here, "text.nnet")).href;
      const written = text();
      if (written.length > longest.text.length) longest = { name, text: written };
      const { send } = editor.opening(uri, written);
      const before = await server.usage();
      const start = performance.now();
      send();
      const found = await editor.diagnostics(uri, 1);
      const wall = performance.now() - start;
      const seconds = (await server.usage()).seconds - before.seconds;
      await editor.close(uri);
      const seen = [...new Set(found.map((d) => String(d.code)))];
      if (codes.length > 0 && !codes.some((c) => seen.includes(c))) wrong.push(`${name}: found ${seen.join(", ") || "nothing"}`);
      if (wall > LONGEST) slow++;
      rows.push(`| ${name.replaceAll("|", "\\|")} | ${count(written.length)} | ${wall.toFixed(0)} | ${(1000 * seconds).toFixed(0)} | ${seen.slice(0, 3).map((c) => `\`${c}\``).join(" ") || "–"} |`);
      if (!server.alive) throw new Error(`the server has ended at: ${name}`);
    }
    server.end();
    floor = await transport(longest);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { wrong, text: [
    `Each text is opened in one server, cold for the first; ${slow} of ${hostileTexts.length} took longer than ${LONGEST} ms by the clock of the editor, from when its message is written. The processor time is the server's, its collector's threads included.`,
    "",
    "| text | characters | ms to diagnostics | ms of processor | diagnostics |", "|---|---:|---:|---:|---|",
    ...rows,
    "",
    floor,
  ].join("\n") };
}

/** The longest text, in a server that does nothing with it. */
async function transport({ name, text }: { readonly name: string; readonly text: string }): Promise<string> {
  const server = new Server(join(import.meta.dirname, "nothing.mjs"));
  const uri = "file:///text.nnet";
  await server.editor.start();
  await server.editor.open("file:///first.nnet", "");
  await server.editor.diagnostics("file:///first.nnet", 1);
  const { send } = server.editor.opening(uri, text);
  const [start, before] = [performance.now(), server.processor()];
  send();
  await server.editor.diagnostics(uri, 1);
  const [wall, processor] = [performance.now() - start, server.processor() - before];
  server.end();
  return `"${name}" in a server that does nothing, by the same library: ${wall.toFixed(0)} ms, ${processor.toFixed(0)} of processor. That much is reading and decoding the message; ours answers when the length of a text that is too large is known, keeps the bytes as they come, and decodes them when they are edited.`;
}

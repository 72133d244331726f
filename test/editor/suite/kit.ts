import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";

/** A test runner and helpers small enough to be read: it runs inside VS Code's extension host. */

export type Tests = Readonly<Record<string, () => Promise<void>>>;

/** Generous: two busy cores start a server, a browser and an editor at the same time. */
const PATIENCE_MS = 60_000;

export async function runTests(tests: Tests): Promise<void> {
  const only = process.env["NNET_TEST_ONLY"];
  const failed: string[] = [];
  for (const [name, test] of Object.entries(tests)) {
    if (only && !name.includes(only)) continue;
    const start = Date.now();
    try {
      await test();
      console.log(`# ok    ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed.push(name);
      console.log(`# FAIL  ${name}\n${error instanceof Error ? error.stack : String(error)}`);
      await screenshot(`failed-${name.replace(/\W+/g, "-").slice(0, 60)}`);
    }
  }
  if (failed.length > 0) throw new Error(`${failed.length} failed: ${failed.join("; ")}`);
}

/** Waits until `look` answers with something; says what was last seen if it never does. */
export async function until<T>(what: string, look: () => T | undefined | false | null | Promise<T | undefined | false | null>, seen?: () => unknown, patience = PATIENCE_MS): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s for ${what}${seen ? `; last seen: ${JSON.stringify(seen())}` : ""}`);
    await new Promise((r) => setTimeout(r, 100));
  }
}

export function expect(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** The launcher takes it: see code-server.mjs. Does nothing under a launcher that cannot. `part` is x,y,width,height. */
export async function screenshot(name: string, part?: string): Promise<void> {
  const folder = process.env["NNET_TEST_ARTIFACTS"];
  if (!folder || !process.env["NNET_TEST_SCREENSHOTS"]) return;
  const file = join(folder, `${name}.png`);
  rmSync(file, { force: true });
  console.log(`::screenshot ${name}${part ? ` ${part}` : ""}`);
  await until(`the screenshot ${name}`, () => existsSync(file), undefined, 20_000).catch(() => undefined);
}

/** Under the smoke-test driver they do not pop up by themselves. */
export async function showNotifications(): Promise<void> {
  await vscode.commands.executeCommand("notifications.showList");
  await pause(500);
}

export const pause = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));

export async function open(path: string): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  expect(folder, "the workspace has a folder");
  return vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, path), { preview: false });
}

export const errors = (uri: vscode.Uri): vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri).filter((d) => d.severity === vscode.DiagnosticSeverity.Error);
export const brief = (diagnostics: readonly vscode.Diagnostic[]): string[] => diagnostics.map((d) => `${d.range.start.line + 1}: ${d.message}`);

/** Replaces the one place where `from` stands. */
export async function replace(editor: vscode.TextEditor, from: string, to: string): Promise<void> {
  const at = editor.document.getText().indexOf(from);
  expect(at >= 0, `"${from}" stands in ${editor.document.uri.path}`);
  const range = new vscode.Range(editor.document.positionAt(at), editor.document.positionAt(at + from.length));
  expect(await editor.edit((b) => b.replace(range, to)), "the edit was applied");
}

export function positionOf(document: vscode.TextDocument, text: string, offset = 1): vscode.Position {
  const at = document.getText().indexOf(text);
  expect(at >= 0, `"${text}" stands in ${document.uri.path}`);
  return document.positionAt(at + offset);
}

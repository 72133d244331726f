import { type Context, defaultSettings, type Feature, features, type Files, readSource, type Source, sourceOf, workspaceFeatures } from "../../server/features/index.ts";
import type { FeatureOf, Requests, WorkspaceFeatureOf, WorkspaceRequests } from "../../server/features/define.ts";
import { Document, type Host } from "../../server/language/index.ts";

export const URI = "file:///test.nnet";
const PATH = "/test.nnet";

export const context: Context = {
  settings: defaultSettings,
  snippets: true,
  versionedEdits: true,
  files: filesOf({}),
  uriOf: (path) => `file://${path}`,
  pageOf: (code) => `file:///docs/${code}.md`,
};

/** A workspace at `/` of these texts, by their paths; data files are known by their first line. */
export function filesOf(texts: Readonly<Record<string, string>>, open?: Document): Files & Host {
  const resolve = (from: string, relative: string): string => new URL(relative, `file://${from}`).pathname;
  const closed = new Map(Object.entries(texts).filter(([path]) => path.endsWith(".nnet")).map(([path, text]) => [path, readSource(path, `file://${path}`, null, text)]));
  const opened = open && sourceOf({ document: open, uri: `file://${open.path}`, version: 1 });
  const get = (path: string): Source | undefined => (path === opened?.path ? opened : closed.get(path));
  return {
    all: () => [...(opened ? [opened] : []), ...[...closed.values()].filter((s) => s.path !== opened?.path)],
    get,
    byUri: (uri) => get(uri.replace("file://", "")),
    resolve,
    header: (from, relative) => {
      const path = resolve(from, relative);
      const text = texts[path]?.split("\n")[0];
      return text === undefined ? undefined : { uri: `file://${path}`, text };
    },
    entries: (from, folder) => {
      const base = resolve(from, folder === "" ? "." : folder);
      const below = Object.keys(texts).filter((path) => path.startsWith(base)).map((path) => path.slice(base.length).split("/"));
      return [...new Map(below.map(([name, ...more]) => [name!, { name: name!, folder: more.length > 0 }])).values()];
    },
    target: (from, relative) => `file://${resolve(from, relative)}`,
    read: (path) => texts[path],
  };
}

/** The text without its `$0`, and where that was. */
export function marked(source: string): { text: string; position: { line: number; character: number } } {
  const at = source.indexOf("$0");
  if (at < 0) throw new Error("the text has no $0");
  const before = source.slice(0, at).split("\n");
  return { text: source.slice(0, at) + source.slice(at + 2), position: { line: before.length - 1, character: before[before.length - 1]!.length } };
}

/** What a feature answers about a text. */
export function ask<M extends keyof Requests>(method: M, text: string, params: Requests[M][0], given: Partial<Context> = {}, host?: Host): Requests[M][1] {
  const document = new Document(PATH, text, host);
  return featureOf(method).handler({ uri: URI, document }, params, { ...context, files: filesOf({}, document), ...given });
}

function featureOf<M extends keyof Requests>(method: M): FeatureOf<M> {
  const feature = features.find((f: Feature) => f.method === method) as FeatureOf<M> | undefined;
  if (!feature) throw new Error(`no feature answers ${method}`);
  return feature;
}

/** What a feature answers at the `$0` of one of several texts, which is the one that is open. */
export function askIn<M extends Positional>(method: M, texts: Readonly<Record<string, string>>, more: object = {}): Requests[M][1] {
  const [path, source] = Object.entries(texts).find(([, text]) => text.includes("$0"))!;
  const { text, position } = marked(source);
  const files = filesOf({ ...texts, [path]: text });
  const document = new Document(path, text, files);
  return featureOf(method).handler({ uri: `file://${path}`, document }, { position, ...more } as unknown as Requests[M][0], { ...context, files: filesOf({ ...texts, [path]: text }, document) });
}

type Positional = { [M in keyof Requests]: Requests[M][0] extends { readonly position: unknown } ? M : never }[keyof Requests];

/** What a feature answers at the `$0` of a text. */
export function askAt<M extends Positional>(method: M, source: string, host?: Host): Requests[M][1] {
  const { text, position } = marked(source);
  return ask(method, text, { position } as Requests[M][0], {}, host);
}

/** What a request of the workspace answers over these texts. */
export function askWorkspace<M extends keyof WorkspaceRequests>(method: M, texts: Readonly<Record<string, string>>, params: WorkspaceRequests[M][0]): WorkspaceRequests[M][1] {
  const feature = workspaceFeatures.find((f) => f.method === method) as WorkspaceFeatureOf<M> | undefined;
  if (!feature) throw new Error(`no feature answers ${method}`);
  return feature.handler(params, { ...context, files: filesOf(texts) });
}

/** The text after these edits, as an editor applies them. */
export function edited(text: string, edits: readonly { range: { start: { line: number; character: number }; end: { line: number; character: number } }; newText: string }[]): string {
  const starts = [0];
  for (const line of text.split("\n")) starts.push(starts[starts.length - 1]! + line.length + 1);
  const offset = (p: { line: number; character: number }) => starts[p.line]! + p.character;
  return [...edits].sort((a, b) => offset(b.range.start) - offset(a.range.start)).reduce((t, e) => t.slice(0, offset(e.range.start)) + e.newText + t.slice(offset(e.range.end)), text);
}

export const everything = { start: { line: 0, character: 0 }, end: { line: 1_000_000, character: 0 } };

import type { Host } from "./host.ts";
import { sources } from "./settings/sources/index.ts";
import type { SourceDef } from "./settings/sources/define.ts";
import { didYouMean } from "./suggest.ts";
import type { Arg, Declaration, Expr, LineRef } from "./syntax/tree.ts";

type Text = Extract<Expr, { kind: "text" }>;

/** A path that a data block names (`csv("rows.csv")`), and the line that it stands in. */
export interface DataPath {
  readonly text: Text;
  readonly line: LineRef;
  readonly source: SourceDef;
  /** What it leads to: endings of files, or a folder. */
  readonly leadsTo: readonly string[] | "folder";
  /** Other arguments of the source, by name. */
  readonly argument: (name: string) => Text | undefined;
}

/** Every path of a data block: of its source, and of its test rows. */
export function dataPathsOf(d: Declaration): DataPath[] {
  if (d.kind !== "data") return [];
  return d.settings.entries.flatMap((entry): DataPath[] => {
    const { value } = entry;
    if ((entry.key.text !== "source" && entry.key.text !== "test") || value.kind !== "call" || !Object.hasOwn(sources, value.callee.text)) return [];
    const source = sources[value.callee.text]!;
    const named = Object.keys(source.params);
    const argument = (name: string) => textOf(value.args, name, named.indexOf(name));
    return named.flatMap((name) => {
      const { path: leadsTo } = source.params[name]!.type;
      const text = leadsTo && argument(name);
      return text ? [{ text, line: entry.line ?? d.line, source, leadsTo, argument }] : [];
    });
  });
}

function textOf(args: readonly Arg[], name: string, position: number): Text | undefined {
  const value = (args.find((a) => a.name?.text === name) ?? args.filter((a) => !a.name)[position])?.value;
  return value?.kind === "text" ? value : undefined;
}

/** A path where nothing is. */
export interface AbsentFile extends DataPath {
  /** One that is like it, as it would be written. */
  readonly near: string | undefined;
}

/** Paths of a data block at which nothing lies, as far as the host says so. */
export function absentFiles(d: Declaration, from: string, { resolve, lies, names }: Host): AbsentFile[] {
  if (!lies || !names) return [];
  return dataPathsOf(d).flatMap((path): AbsentFile[] => {
    const target = path.text.value === "" ? undefined : resolve(from, path.text.value);
    if (target === undefined || lies(target)) return [];
    return [{ ...path, near: nearTo(path, (folder) => names(from, folder)) }];
  });
}

/** Folders that are looked into for a file that lies elsewhere. */
const MOST_FOLDERS = 32;

/** In the folder that is named a name like it; in the .nnet file's folder and below it the very name. */
function nearTo({ text: { value }, leadsTo }: DataPath, names: (folder: string) => readonly { readonly name: string; readonly folder: boolean }[]): string | undefined {
  const cut = value.lastIndexOf("/") + 1;
  const [folder, name] = [value.slice(0, cut), value.slice(cut)];
  const fits = (entry: { readonly name: string; readonly folder: boolean }): boolean => (leadsTo === "folder" ? entry.folder : !entry.folder && leadsTo.some((end) => entry.name.endsWith(`.${end}`) || entry.name.endsWith(`-${end}`)));
  const near = didYouMean(name, names(folder).filter(fits).map((e) => e.name)).name;
  if (near !== undefined) return folder + near;
  const around = names("");
  if (folder !== "" && around.some((e) => e.name === name && fits(e))) return name;
  const below = around.filter((e) => e.folder && `${e.name}/` !== folder).slice(0, MOST_FOLDERS).find((f) => names(`${f.name}/`).some((e) => e.name === name && fits(e)));
  return below && `${below.name}/${name}`;
}

import type { CompletionItemKind } from "vscode-languageserver-types";
import type { LayerDef } from "../../language/layers/define.ts";
import type { OptionDef, Params } from "../../language/params.ts";
import type { ModelDecl } from "../../language/syntax/tree.ts";
import type { Bound } from "./cursor.ts";
import { code, optionSignature } from "./text.ts";

/** A completion before it has a place. */
export interface Draft {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  readonly doc?: string;
  /** Inserted instead of the label; a snippet where it has a `$`. */
  readonly insert?: string;
  readonly filter?: string;
  /** A value follows: ask again. */
  readonly again?: boolean;
  /** Its documentation is looked up when the editor shows it. */
  readonly layer?: string;
  /** What kind of name it is. */
  readonly of?: Bound["what"];
  /** Its place among those of one sort; by its label if there is none. */
  readonly order?: string;
  /** Smaller stands higher. */
  readonly sort: number;
}

export function layerItem(layer: LayerDef): Draft {
  const needed = requiredOf(layer.params as Params);
  const insert = layer.inputs === "many" ? `${layer.name}($1)$0` : snippet(layer.name, needed);
  return { label: layer.name, kind: layer.activation ? 12 : 7, detail: layer.family, layer: layer.name, sort: 3, ...(insert !== layer.name && { insert }) };
}

export function blockItem({ name, params, doc }: ModelDecl): Draft {
  const insert = snippet(name.text, params.filter((p) => !p.default).map((p) => p.name.text));
  return { label: name.text, kind: 9, detail: "block", sort: 2, ...(doc && { doc }), ...(insert !== name.text && { insert }) };
}

export function optionItem(option: OptionDef): Draft {
  const { name, doc, params, rest } = option;
  const insert = rest ? `${name}($1)$0` : snippet(name, requiredOf(params));
  return { label: name, kind: 20, doc: `${code(optionSignature(option))}\n${doc}`, sort: 0, ...(insert !== name && { insert }) };
}

const WHAT: Readonly<Record<Bound["what"], readonly [CompletionItemKind, string]>> = {
  parameter: [21, "parameter"],
  input: [8, "input"],
  let: [6, "let"],
  as: [6, "result"],
  shared: [7, "shared layer"],
  loop: [6, "of the loop"],
  symbol: [21, "symbolic size"],
};

export function nameItem({ name, what }: Bound): Draft {
  const [kind, detail] = WHAT[what];
  return { label: name, kind, detail, of: what, sort: 1 };
}

function requiredOf(params: Params): string[] {
  return Object.entries(params).filter(([, p]) => p.required).map(([n]) => n);
}

function snippet(name: string, args: readonly string[]): string {
  return args.length > 0 ? `${name}(${args.map((a, i) => `\${${i + 1}:${a}}`).join(", ")})$0` : name;
}

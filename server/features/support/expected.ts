import { dataSettings } from "../../language/settings/data.ts";
import { trainSettings } from "../../language/settings/train.ts";
import type { Analysis } from "../../language/index.ts";
import { layers } from "../../language/layers/index.ts";
import type { LayerDef } from "../../language/layers/define.ts";
import { type OptionDef, type Param, paramNamed, type Params, type ParamType } from "../../language/params.ts";
import { builtins } from "../../language/program/evaluate.ts";
import type { ModelDecl } from "../../language/syntax/tree.ts";
import * as t from "../../language/syntax/tokens.ts";
import { own } from "../../language/values.ts";
import type { Bracket, Cursor } from "./cursor.ts";

/** What a word before parentheses is. */
export type Callee =
  | { readonly kind: "layer"; readonly layer: LayerDef; readonly params: Params }
  | { readonly kind: "option"; readonly option: OptionDef; readonly params: Params }
  | { readonly kind: "block"; readonly decl: ModelDecl }
  | { readonly kind: "builtin"; readonly usage: string };

/** What the language wants where the cursor stands. */
export interface Expected {
  /** The innermost call around it, and the brackets of it. */
  readonly call: { readonly callee: Callee; readonly bracket: Bracket } | undefined;
  /** Declared type of the argument or setting being written. */
  readonly type: ParamType<unknown> | undefined;
  /** In a list within that argument. */
  readonly inList: boolean;
}

/** Settings by the keyword of their braces. */
export function settingsOf(keyword: string | undefined): Params | undefined {
  return keyword === "data" ? dataSettings : keyword === "train" ? trainSettings : undefined;
}

export function expectedAt(cursor: Cursor, analysis: Analysis): Expected {
  const keyword = cursor.braces[cursor.braces.length - 1]?.keyword;
  let type: ParamType<unknown> | undefined = cursor.setting === undefined ? undefined : own(settingsOf(keyword), cursor.setting)?.type;
  let call: Expected["call"];
  let inList = false;
  for (const bracket of cursor.brackets) {
    if (bracket.kind === "[") {
      inList = true;
      continue;
    }
    // A group means what stands around it.
    if (!bracket.callee) continue;
    const callee = calleeOf(bracket, type, analysis);
    call = callee && { callee, bracket };
    type = callee && "params" in callee ? argumentType(callee, bracket) : undefined;
    inList = false;
  }
  return { call, type, inList };
}

/** What a name in front of its parentheses, or without any, is; `type` is what is expected in its place. */
export function calleeNamed(name: string, type: ParamType<unknown> | undefined, analysis: Analysis): Callee | undefined {
  const option = own(type?.options, name);
  if (option) return { kind: "option", option, params: option.params };
  const layer = layers.get(name);
  if (layer) return { kind: "layer", layer, params: layer.params as Params };
  const builtin = own(builtins, name);
  if (builtin) return { kind: "builtin", usage: builtin.usage };
  const decl = blockNamed(name, analysis);
  return decl && { kind: "block", decl };
}

export function blockNamed(name: string, { syntax }: Analysis): ModelDecl | undefined {
  return syntax.declarations.find((d): d is ModelDecl => d.kind === "block" && d.name.text === name);
}

function calleeOf({ callee, introducer }: Bracket, type: ParamType<unknown> | undefined, analysis: Analysis): Callee | undefined {
  const name = callee!.image;
  const header = introducer?.tokenType;
  if (header === t.Model || header === t.Block) return undefined;
  if (header === t.Train) {
    const decl = analysis.models.find((m) => m.declaration.name.text === name)?.declaration;
    return decl && { kind: "block", decl };
  }
  return calleeNamed(name, type, analysis);
}

/** The parameter of this name. */
export function parameterOf(callee: Extract<Callee, { params: Params }>, name: string): Param<unknown> | undefined {
  return paramNamed(callee.kind === "option" ? callee.option : callee, name);
}

function argumentType(callee: Extract<Callee, { params: Params }>, { index, named }: Bracket): ParamType<unknown> | undefined {
  if (named !== undefined) return parameterOf(callee, named)?.type;
  // A merge's operands come first, however many.
  if (callee.kind === "layer" && callee.layer.inputs === "many") return undefined;
  return Object.values(callee.params)[index]?.type;
}

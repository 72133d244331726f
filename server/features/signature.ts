import type { SignatureHelp } from "vscode-languageserver-types";
import { defineFeature } from "./define.ts";
import { cursorAt } from "./support/cursor.ts";
import { type Callee, expectedAt } from "./support/expected.ts";
import { parameterLabel, parameterText } from "./support/text.ts";

/** The parameters of the call that is being written, the one at the cursor marked. */
export const signature = defineFeature({
  method: "textDocument/signatureHelp",
  capability: { signatureHelpProvider: { triggerCharacters: ["(", ","] } },
  handler({ document }, { position }) {
    const cursor = cursorAt(document, position);
    if (cursor.quiet) return null;
    const { call } = expectedAt(cursor, document.analysis());
    if (!call) return null;
    const { label, doc, parameters, names, operands, rest } = describe(call.callee);
    const { index, named } = call.bracket;
    const active = named === undefined ? Math.min(index, operands ? 0 : parameters.length) : names.includes(named) ? names.indexOf(named) : rest;
    return signatureHelp(label, doc, parameters, active);
  },
});

interface Described {
  readonly label: string;
  readonly doc: string | undefined;
  readonly parameters: { label: [number, number]; documentation?: { kind: "markdown"; value: string } }[];
  readonly names: readonly string[];
  /** Results come first, as many as there are. */
  readonly operands: boolean;
  /** The parameter that stands for all of the writer's own names; −1 where there is none. */
  readonly rest: number;
}

function describe(callee: Callee): Described {
  if (callee.kind === "builtin") {
    const name = callee.usage.slice(0, callee.usage.indexOf("("));
    return build(name, callee.usage.slice(name.length + 1, -1).split(", ").map((p) => ({ name: p, label: p })), undefined, false);
  }
  if (callee.kind === "block") {
    const { name, params, doc } = callee.decl;
    return build(name.text, params.map((p) => ({ name: p.name.text, label: p.default ? `${p.name.text} = …` : p.name.text })), doc, false);
  }
  const { name, doc } = callee.kind === "layer" ? callee.layer : callee.option;
  const operands = callee.kind === "layer" && callee.layer.inputs === "many";
  const parts = Object.entries(callee.params).map(([n, p]) => ({ name: n, label: parameterLabel(n, p), doc: parameterText(p) }));
  const { rest } = callee.kind === "option" ? callee.option : {};
  if (rest) parts.push({ name: rest.names, label: `${rest.names} = …`, doc: parameterText(rest.param) });
  const described = build(name, operands ? [{ name: "", label: "result, …" }, ...parts] : parts, doc, operands);
  return rest ? { ...described, rest: parts.length - 1 } : described;
}

function build(callee: string, parts: readonly { name: string; label: string; doc?: string }[], doc: string | undefined, operands: boolean): Described {
  let label = `${callee}(`;
  const parameters: Described["parameters"] = [];
  for (const [i, part] of parts.entries()) {
    if (i > 0) label += ", ";
    parameters.push({ label: [label.length, label.length + part.label.length], ...(part.doc !== undefined && { documentation: { kind: "markdown", value: part.doc } }) });
    label += part.label;
  }
  return { label: `${label})`, doc, parameters, names: parts.map((p) => p.name), operands, rest: -1 };
}

/** An `active` that is none of the parameters marks none. */
function signatureHelp(label: string, doc: string | undefined, parameters: Described["parameters"], active: number): SignatureHelp {
  const activeParameter = active >= 0 && active < parameters.length ? active : parameters.length;
  return { signatures: [{ label, parameters, activeParameter, ...(doc !== undefined && { documentation: { kind: "markdown", value: doc } }) }], activeSignature: 0, activeParameter };
}

import type { CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, Range, SymbolKind } from "vscode-languageserver-types";
import type { Declaration, TrainDecl } from "../language/syntax/tree.ts";
import { defineFeature, defineWorkspaceFeature } from "./define.ts";
import type { Files, Source } from "./support/files.ts";
import { namesOf } from "./support/names.ts";
import { rangeAt, touches } from "./support/places.ts";
import { type Symbol, Symbols } from "./support/symbols.ts";

type Caller = Exclude<Declaration, { kind: "import" | "data" }>;

const KINDS: Readonly<Record<Caller["kind"], SymbolKind>> = { model: 5, block: 12, train: 24 };

/** Blocks and models, by their name wherever it stands: who uses them, and what they use. */
export const prepareCalls = defineFeature({
  method: "textDocument/prepareCallHierarchy",
  capability: { callHierarchyProvider: true },
  handler({ uri }, { position }, { files }) {
    const source = files.byUri(uri);
    const symbols = new Symbols(files);
    const found = source && symbols.at(source, position);
    const symbol = found && symbols.of(found.use, source);
    return symbol && isCallable(symbol) ? [itemOf(symbol.place!.source, symbol.declaration as Caller)] : null;
  },
});

export const incomingCalls = defineWorkspaceFeature({
  method: "callHierarchy/incomingCalls",
  capability: {},
  handler({ item }, { files }): CallHierarchyIncomingCall[] | null {
    const { symbols, symbol } = atItem(item, files);
    if (!symbol) return null;
    const calls = new Map<Declaration, CallHierarchyIncomingCall>();
    for (const source of files.all()) {
      for (const { use, range } of symbols.usesIn(source, symbol)) {
        const caller = use.role === "read" ? source.syntax.declarations.findLast((d) => d.line.number <= range.start.line) : undefined;
        if (!caller || caller.kind === "import" || caller.kind === "data") continue;
        const known = calls.get(caller);
        if (known) known.fromRanges.push(range);
        else calls.set(caller, { from: itemOf(source, caller), fromRanges: [range] });
      }
    }
    return [...calls.values()];
  },
});

export const outgoingCalls = defineWorkspaceFeature({
  method: "callHierarchy/outgoingCalls",
  capability: {},
  handler({ item }, { files }): CallHierarchyOutgoingCall[] | null {
    const { symbols, source, caller } = atItem(item, files);
    if (!source || !caller) return null;
    const calls = new Map<string, CallHierarchyOutgoingCall>();
    for (const use of namesOf(caller, source.lineText)) {
      const symbol = use.role === "read" ? symbols.of(use, source) : undefined;
      if (!symbol || !isCallable(symbol)) continue;
      const range: Range = rangeAt(use.line, use.span);
      const known = calls.get(symbol.key);
      if (known) known.fromRanges.push(range);
      else calls.set(symbol.key, { to: itemOf(symbol.place!.source, symbol.declaration as Caller), fromRanges: [range] });
    }
    return [...calls.values()];
  },
});

function isCallable({ what, declaration }: Symbol): boolean {
  return (what === "model" || what === "block") && declaration !== undefined;
}

function itemOf(source: Source, d: Caller): CallHierarchyItem {
  const name = nameOf(d);
  return { name: name.text, kind: KINDS[d.kind], detail: d.kind, uri: source.uri, range: rangeAt(d.line, d.span), selectionRange: rangeAt(d.line, name.span) };
}

function nameOf(d: Caller): TrainDecl["model"] {
  return d.kind === "train" ? d.model : d.name;
}

/** What an item stands for now; its text may have changed since it was made. */
function atItem(item: CallHierarchyItem, files: Files): { symbols: Symbols; source?: Source; caller?: Caller; symbol?: Symbol } {
  const symbols = new Symbols(files);
  const source = files.byUri(item.uri);
  const candidates = (source?.syntax.declarations ?? []).filter((d): d is Caller => d.kind !== "import" && d.kind !== "data" && d.kind === item.detail && nameOf(d).text === item.name);
  const caller = candidates.find((d) => touches(rangeAt(d.line, nameOf(d).span), item.selectionRange.start)) ?? candidates[0];
  if (!source || !caller) return { symbols };
  const use = caller.kind === "train" ? undefined : namesOf(caller, source.lineText).find((u) => u.role === "declaration" && u.means.kind === "declared");
  const symbol = use && symbols.of(use, source);
  return { symbols, source, caller, ...(symbol && { symbol }) };
}

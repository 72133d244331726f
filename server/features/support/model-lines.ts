import type { Position } from "vscode-languageserver-types";
import { nodeParams } from "../../language/graph/totals.ts";
import { type Analysis, type Model, type Node, rowsOf, type Site } from "../../language/index.ts";
import type { Declaration, LineRef, Span } from "../../language/syntax/tree.ts";

/** What one layer call, or one use of a block, came to: once for each time that it was read (loops, blocks). */
export interface Item {
  readonly site: Site;
  readonly runs: readonly Run[];
}

export interface Run {
  /** Its own node, or the last one of the block. */
  readonly last: Node;
  /** Without weights that are shared with an earlier node. */
  readonly params: number;
  readonly inBlock: boolean;
  readonly model: Model;
}

/** What begins at one place, over all models: a block may be used by several. */
export function runsAt(analysis: Analysis, { line, character }: Position): Run[] {
  return itemsIn(analysis, ({ line: base, span }) => base.number + span.line === line && span.start === character).flatMap((i) => i.runs);
}

/** What the statement that begins in this line ends with. */
export function resultsOf(analysis: Analysis, line: number): readonly Run[] {
  const items = itemsIn(analysis, (site) => site.line.number === line);
  return items.length === 0 ? [] : items.reduce((a, b) => (b.runs[0]!.last.id > a.runs[0]!.last.id ? b : a)).runs;
}

/** Layers and uses of blocks of all models, at these places of this file: what is not asked for costs a look only. */
export function itemsIn({ models, path }: Analysis, wanted: (site: Site) => boolean): Item[] {
  return models.flatMap(({ model }) => collect(model, (site) => site.file === path && wanted(site)));
}

/** Parameters of each use of each declaration of this file that is read by use: its blocks. */
export function usesOf({ models, path, syntax }: Analysis): ReadonlyMap<Declaration, readonly number[]> {
  const { declarations } = syntax;
  const around = (line: number): Declaration | undefined => {
    let [low, high] = [0, declarations.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (declarations[middle]!.line.number <= line) low = middle + 1;
      else high = middle;
    }
    return declarations[low - 1];
  };
  const found = new Map<Declaration, Map<object, number>>();
  for (const { model } of models) {
    for (const node of model.nodes) {
      const params = node.sharesWith === undefined ? nodeParams(node) : 0;
      for (const [i, use] of node.via.entries()) {
        // What this use reads is the text in which the next one stands, or the layer itself.
        const read = node.via[i + 1] ?? node.site;
        const declaration = read.file === path ? around(read.line.number) : undefined;
        if (!declaration) continue;
        const uses = found.get(declaration) ?? new Map<object, number>();
        found.set(declaration, uses.set(use, (uses.get(use) ?? 0) + params));
      }
    }
  }
  return new Map([...found].map(([declaration, uses]) => [declaration, [...uses.values()]]));
}

interface Growing {
  readonly site: Site;
  /** By the use of the block; each use has a site object of its own. */
  readonly runs: Map<object, { last: Node; params: number; inBlock: boolean }>;
}

function collect(model: Model, wanted: (site: Site) => boolean): Item[] {
  const lines = new Map<LineRef, Map<string, Growing>>();
  const add = (site: Site, run: object, node: Node, inBlock: boolean): void => {
    let places = lines.get(site.line);
    if (!places) lines.set(site.line, (places = new Map()));
    const key = keyOf(site.span);
    let item = places.get(key);
    if (!item) places.set(key, (item = { site, runs: new Map() }));
    const params = node.sharesWith === undefined ? nodeParams(node) : 0;
    const known = item.runs.get(run);
    if (known) {
      known.last = node;
      known.params += params;
    } else item.runs.set(run, { last: node, params, inBlock });
  };
  for (const node of model.nodes) {
    if (wanted(node.site)) add(node.site, node, node, false);
    for (const use of node.via) if (wanted(use)) add(use, use, node, true);
  }
  return [...lines.values()].flatMap((places) => [...places.values()].map((i) => ({ site: i.site, runs: [...i.runs.values()].map((r) => ({ ...r, model })) })));
}

function keyOf(span: Span): string {
  return `${span.line}:${span.start}`;
}

/** Rows of the data that a model is trained on. */
export function rowsFor(model: Model, { trains }: Analysis): ReturnType<typeof rowsOf> {
  const train = trains.find((t) => t.model === model);
  return train && rowsOf(train);
}

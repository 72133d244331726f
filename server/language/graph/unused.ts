import type { Finding } from "../findings.ts";
import type { Binding, Scope } from "../program/scope.ts";
import type { Site } from "../syntax/tree.ts";
import type { Model, Node } from "./graph.ts";
import type { Reached } from "./totals.ts";

const keyOf = (site: Site) => `${site.file}:${site.line.number}:${site.span.line}:${site.span.start}`;

/**
 * What is written and never used. A body is read many times (blocks, loops); it is unused only if no reading used it.
 */
export class Usage {
  private readonly bindings = new Map<string, { binding: Binding; used: boolean }>();

  /** Names that were looked for where nothing has them yet. */
  readonly missed = new Set<string>();

  scopeEnds(scope: Scope): void {
    for (const binding of scope.bindings()) {
      const key = keyOf(binding.site);
      const known = this.bindings.get(key);
      if (known) known.used ||= binding.used;
      else this.bindings.set(key, { binding, used: binding.used });
    }
  }

  /** `cut`: an error may have cut the flow, so that what reaches no output now may do so when it is mended. */
  findings({ nodes, inputs }: Pick<Model, "nodes" | "inputs">, reached: Reached, cut: boolean): Finding[] {
    const found: Finding[] = [];
    const named = new Set<string>();
    for (const { binding, used } of this.bindings.values()) {
      const { name, site, what, value } = binding;
      if (used || this.missed.has(name)) continue;
      if (what === "let" || what === "shared") {
        if (typeof value === "object" && "kind" in value && value.kind === "flow") {
          const node = nodes[value.node];
          if (node) named.add(keyOf(node.site));
        }
        found.push({ code: "unused-name", severity: "warning", site, unnecessary: true, message: `${name} is never used: what it computes is lost` });
      } else if (what === "as") found.push({ code: "unused-name", severity: "hint", site, unnecessary: true, message: `the name ${name} is never used` });
      else if (what === "parameter") found.push({ code: "unused-parameter", severity: "hint", site, unnecessary: true, message: `the parameter ${name} is never used` });
    }
    return cut ? found : [...found, ...deadEnds(nodes, new Set(inputs), reached, named)];
  }
}

/** Where it is written, and each use of a block by which it is there, from the model's own inwards. */
const placesOf = (node: Node): readonly Site[] => [...node.via, node.site];

/** Results that no output needs, at the place where each chain of them ends. */
function deadEnds(nodes: readonly Node[], inputs: ReadonlySet<number>, reached: Reached, named: ReadonlySet<string>): Finding[] {
  if (reached.size === nodes.length) return [];
  const alive = new Set<string>();
  const consumed = new Set<number>();
  for (const node of nodes) {
    if (reached.has(node.id)) for (const site of placesOf(node)) alive.add(keyOf(site));
    for (const i of node.inputs) consumed.add(i);
  }
  const found = new Map<string, Finding>();
  for (const node of nodes) {
    if (reached.has(node.id) || consumed.has(node.id) || named.has(keyOf(node.site))) continue;
    const site = placesOf(node).find((s) => !alive.has(keyOf(s)));
    if (!site || found.has(keyOf(site))) continue;
    const key = keyOf(site);
    if (!node.layer && inputs.has(node.id)) {
      found.set(key, { code: "unused-input", severity: "warning", site: node.site, unnecessary: true, message: `the input ${node.name} reaches no output: it changes nothing` });
    } else if (node.layer) {
      found.set(key, { code: "unused-result", severity: "warning", site, unnecessary: true, message: `the result of ${site === node.site ? node.layer.name : "this use"} reaches no output: it computes and learns nothing; give it a name and use it, or take it away` });
    }
  }
  return [...found.values()];
}

import { Body, type Graph, type GraphNode, type Value } from "./builder.ts";

/** A function written in a graph whose values it may use: each becomes an argument behind its own. */
export class Closure extends Body {
  /** What it takes from around it, in the order of those arguments. */
  readonly captured: Value[] = [];
  private readonly inside = new Map<GraphNode, Map<number, Value>>();

  override add(...[op, inputs, ...rest]: Parameters<Graph["add"]>): Value[] {
    return super.add(op, inputs.map((v) => this.own(v)), ...rest);
  }

  override act(...[op, inputs]: Parameters<Graph["act"]>): GraphNode {
    throw new Error(`${op} of ${inputs.length} inputs inside a loop: its rounds have no order of their own`);
  }

  /** A value as it is named inside. Constants are made again: an argument's value would not be known when the graph is optimized. */
  own(v: Value): Value {
    if (this.has(v.node)) return v;
    const known = this.inside.get(v.node)?.get(v.index);
    if (known) return known;
    const made = v.node.op === "Const" ? super.add("Const", [], [v], { attrs: v.node.attrs })[0]! : this.argument(v);
    if (v.node.op !== "Const") this.captured.push(v);
    this.inside.set(v.node, (this.inside.get(v.node) ?? new Map<number, Value>()).set(v.index, made));
    return made;
  }
}

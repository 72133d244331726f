import { type Attr, type DType, DTYPES, encodeSavedModel, type FunctionDef, type NodeDef } from "./proto.ts";
import { resultIn } from "./results.ts";

/** One result of a node. Every shape is static: a graph is built for one batch size. */
export interface Value {
  readonly node: GraphNode;
  readonly index: number;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Gradients by the node's inputs, given those by its outputs; undefined where there is none, or where none is wanted. */
export type Rule = (dy: readonly (Value | undefined)[], node: GraphNode, wanted: (input: Value) => boolean) => readonly (Value | undefined)[];

export interface GraphNode {
  /** Order of creation, and so a topological order. */
  readonly id: number;
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly after: readonly GraphNode[];
  readonly attrs: Readonly<Record<string, Attr>>;
  readonly gradient: Rule | undefined;
}

interface Added {
  readonly attrs?: Readonly<Record<string, Attr>>;
  /** Nodes that must have run before. */
  readonly after?: readonly GraphNode[];
  readonly gradient?: Rule;
  readonly name?: string;
}

/** A TensorFlow graph in the making. */
export class Graph {
  /** Functions that nodes of this graph, or of others of them, call. */
  readonly functions: Body[] = [];
  private readonly nodes: GraphNode[] = [];
  private readonly constants = new Map<string, Value>();

  /** A node; its results have these shapes. */
  add(op: string, inputs: readonly Value[], outputs: readonly { readonly shape: readonly number[]; readonly dtype: DType }[], { attrs = {}, after = [], gradient, name }: Added = {}): Value[] {
    const id = this.nodes.length;
    const node: GraphNode = { id, op, name: name ?? `${op}_${id}`, inputs, after, attrs, gradient };
    this.nodes.push(node);
    return outputs.map(({ shape, dtype }, index) => ({ node, index, shape, dtype }));
  }

  /** A node without results. */
  act(op: string, inputs: readonly Value[], { attrs = {}, after = [] }: Omit<Added, "gradient"> = {}): GraphNode {
    const id = this.nodes.length;
    const node: GraphNode = { id, op, name: `${op}_${id}`, inputs, after, attrs, gradient: undefined };
    this.nodes.push(node);
    return node;
  }

  input(name: string, shape: readonly number[], dtype: DType): Value {
    return this.add("Placeholder", [], [{ shape, dtype }], { name, attrs: { dtype: type(dtype), shape: { shape } } })[0]!;
  }

  constant(values: readonly number[] | Float32Array | Int32Array, shape: readonly number[], dtype: "float" | "int32" = "float"): Value {
    const data = dtype === "float" ? Float32Array.from(values) : Int32Array.from(values);
    const key = data.length > 16 ? undefined : `${dtype}[${shape.join()}]${data.join()}`;
    const known = key === undefined ? undefined : this.constants.get(key);
    if (known) return known;
    const value = this.add("Const", [], [{ shape, dtype }], { attrs: { dtype: type(dtype), value: { tensor: { dtype: DTYPES[dtype], shape, data } } } })[0]!;
    if (key !== undefined) this.constants.set(key, value);
    return value;
  }

  /** How many nodes there are. */
  get size(): number {
    return this.nodes.length;
  }

  scalar = (value: number): Value => this.constant([value], []);
  ints = (values: readonly number[]): Value => this.constant(values, [values.length], "int32");

  /** A variable's handle: the same for the same name. */
  variable(name: string, shape: readonly number[]): Value {
    const key = `variable ${name}`;
    let handle = this.constants.get(key);
    if (!handle) {
      handle = this.add("VarHandleOp", [], [{ shape, dtype: "resource" }], { attrs: { dtype: type("float"), shape: { shape }, shared_name: { s: name }, container: { s: "" } } })[0]!;
      this.constants.set(key, handle);
    }
    return handle;
  }

  read(handle: Value, after: readonly GraphNode[] = []): Value {
    return this.add("ReadVariableOp", [handle], [{ shape: handle.shape, dtype: "float" }], { attrs: { dtype: type("float") }, after })[0]!;
  }

  assign(handle: Value, value: Value, after: readonly GraphNode[] = []): GraphNode {
    return this.act("AssignVariableOp", [handle, value], { attrs: { dtype: type("float") }, after });
  }

  /** `value`, once these have run. */
  identity(value: Value, name?: string, after: readonly GraphNode[] = []): Value {
    return this.add("Identity", [value], [value], { attrs: { T: type(value.dtype) }, after, gradient: ([d]) => [d], ...(name !== undefined && { name }) })[0]!;
  }

  /** Whether a node is of this graph. */
  protected has(node: GraphNode): boolean {
    return this.nodes[node.id] === node;
  }

  savedModel(): Uint8Array {
    return encodeSavedModel(this.definitions(), this.functions.map((f) => f.definition()));
  }

  protected *definitions(): Iterable<NodeDef> {
    for (const { name, op, inputs, after, attrs } of this.nodes) {
      if (op !== ARGUMENT) yield { name, op, attrs, inputs: [...inputs.map((v) => this.reference(v)), ...after.map((n) => `^${n.name}`)] };
    }
  }

  protected reference({ node, index }: Value): string {
    return index === 0 ? node.name : `${node.name}:${index}`;
  }
}

const ARGUMENT = "_Arg";

/** A graph that is a function of its arguments. */
export class Body extends Graph {
  readonly name: string;
  private readonly given: Value[] = [];
  private results: readonly Value[] = [];

  constructor(name: string, args: readonly Pick<Value, "shape" | "dtype">[]) {
    super();
    this.name = name.replace(/\W/g, "_");
    for (const a of args) this.argument(a);
  }

  get args(): readonly Value[] {
    return this.given;
  }

  protected argument(a: Pick<Value, "shape" | "dtype">): Value {
    const arg = this.add(ARGUMENT, [], [a], { name: `arg${this.given.length}` })[0]!;
    this.given.push(arg);
    return arg;
  }

  returns(results: readonly Value[]): void {
    this.results = results;
  }

  definition(): FunctionDef {
    const results = this.results.map((v, i) => [`result${i}`, v] as const);
    return {
      name: this.name,
      args: this.args.map(({ node, dtype }) => ({ name: node.name, type: DTYPES[dtype] })),
      results: results.map(([name, { dtype }]) => ({ name, type: DTYPES[dtype] })),
      nodes: [...this.definitions()],
      returns: Object.fromEntries(results.map(([name, v]) => [name, this.reference(v)])),
    };
  }

  protected override reference({ node, index }: Value): string {
    return node.op === ARGUMENT ? node.name : resultIn(node, index);
  }
}

export const type = (dtype: DType): Attr => ({ type: DTYPES[dtype] });
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
export const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

import protobuf from "protobufjs/light.js";

/**
 * TensorFlow's messages that a SavedModel needs, by the field numbers of tensorflow/core/protobuf and
 * tensorflow/core/framework. Enums are plain numbers here: the wire is the same.
 */
const field = (id: number, type: string) => ({ id, type });
const repeated = (id: number, type: string) => ({ id, type, rule: "repeated" });
const map = (id: number, type: string) => ({ id, type, keyType: "string" });

const root = protobuf.Root.fromJSON({
  nested: {
    Dim: { fields: { size: field(1, "int64") } },
    Shape: { fields: { dim: repeated(2, "Dim"), unknownRank: field(3, "bool") } },
    Tensor: { fields: { dtype: field(1, "int32"), shape: field(2, "Shape"), content: field(4, "bytes") } },
    List: { fields: { i: repeated(3, "int64"), type: repeated(6, "int32") } },
    Name: { fields: { name: field(1, "string") } },
    // One of them is always there, zero or false too.
    Attr: { oneofs: { value: { oneof: ["list", "s", "i", "f", "b", "type", "shape", "tensor", "func"] } }, fields: { list: field(1, "List"), s: field(2, "bytes"), i: field(3, "int64"), f: field(4, "float"), b: field(5, "bool"), type: field(6, "int32"), shape: field(7, "Shape"), tensor: field(8, "Tensor"), func: field(10, "Name") } },
    Node: { fields: { name: field(1, "string"), op: field(2, "string"), input: repeated(3, "string"), attr: map(5, "Attr") } },
    Versions: { fields: { producer: field(1, "int32") } },
    Arg: { fields: { name: field(1, "string"), type: field(3, "int32") } },
    Signature: { fields: { name: field(1, "string"), inputArg: repeated(2, "Arg"), outputArg: repeated(3, "Arg") } },
    Function: { fields: { signature: field(1, "Signature"), nodeDef: repeated(3, "Node"), ret: map(4, "string") } },
    Library: { fields: { function: repeated(1, "Function") } },
    GraphDef: { fields: { node: repeated(1, "Node"), library: field(2, "Library"), versions: field(4, "Versions") } },
    Info: { fields: { tags: repeated(4, "string"), version: field(5, "string") } },
    MetaGraph: { fields: { info: field(1, "Info"), graph: field(2, "GraphDef") } },
    SavedModel: { fields: { schema: field(1, "int64"), metaGraphs: repeated(2, "MetaGraph") } },
  },
});

/** TensorFlow's numbers of its types. */
export const DTYPES = { float: 1, int32: 3, bool: 10, resource: 20, variant: 21 } as const;
export type DType = keyof typeof DTYPES;

const SavedModel = root.lookupType("SavedModel");

/** An attribute, by the kind of AttrValue that it is. */
export type Attr =
  | { readonly s: string }
  | { readonly i: number }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly type: number }
  | { readonly shape: readonly number[] }
  | { readonly ints: readonly number[] }
  /** The name of a function. */
  | { readonly func: string }
  | { readonly types: readonly DType[] }
  | { readonly tensor: { readonly dtype: number; readonly shape: readonly number[]; readonly data: ArrayBufferView } };

export interface NodeDef {
  readonly name: string;
  readonly op: string;
  /** "node", "node:index", and "^node" for what must come before. */
  readonly inputs: readonly string[];
  readonly attrs: Readonly<Record<string, Attr>>;
}

interface Typed {
  readonly name: string;
  /** TensorFlow's number of it. */
  readonly type: number;
}

export interface FunctionDef {
  readonly name: string;
  readonly args: readonly Typed[];
  readonly results: readonly Typed[];
  /** Inputs are arguments by their names, or "node:result:index". */
  readonly nodes: readonly NodeDef[];
  /** Where each result comes from. */
  readonly returns: Readonly<Record<string, string>>;
}

/** The bytes of saved_model.pb for one graph, tagged "serve". */
export function encodeSavedModel(nodes: Iterable<NodeDef>, functions: readonly FunctionDef[]): Uint8Array {
  const library = { function: functions.map((f) => ({ signature: { name: f.name, inputArg: f.args, outputArg: f.results }, nodeDef: f.nodes.map(encodable), ret: f.returns })) };
  const graph = { node: Array.from(nodes, encodable), library, versions: { producer: 1882 } };
  return SavedModel.encode({ schema: 1, metaGraphs: [{ info: { tags: ["serve"], version: "2.21.0" }, graph }] }).finish();
}

const encodable = ({ name, op, inputs, attrs }: NodeDef) => ({ name, op, input: inputs, attr: Object.fromEntries(Object.entries(attrs).map(([k, v]) => [k, attr(v)])) });

const shape = (dims: readonly number[]) => ({ dim: dims.map((size) => ({ size })) });

function attr(a: Attr): object {
  if ("s" in a) return { s: Buffer.from(a.s) };
  if ("shape" in a) return { shape: shape(a.shape) };
  if ("func" in a) return { func: { name: a.func } };
  if ("types" in a) return { list: { type: a.types.map((t) => DTYPES[t]) } };
  if ("ints" in a) return { list: { i: a.ints } };
  if (!("tensor" in a)) return a;
  const { dtype, shape: dims, data } = a.tensor;
  return { tensor: { dtype, shape: shape(dims), content: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) } };
}

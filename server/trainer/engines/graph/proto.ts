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
    // One of them is always there, zero or false too.
    Attr: { oneofs: { value: { oneof: ["list", "s", "i", "f", "b", "type", "shape", "tensor"] } }, fields: { list: field(1, "List"), s: field(2, "bytes"), i: field(3, "int64"), f: field(4, "float"), b: field(5, "bool"), type: field(6, "int32"), shape: field(7, "Shape"), tensor: field(8, "Tensor") } },
    Node: { fields: { name: field(1, "string"), op: field(2, "string"), input: repeated(3, "string"), attr: map(5, "Attr") } },
    Versions: { fields: { producer: field(1, "int32") } },
    GraphDef: { fields: { node: repeated(1, "Node"), versions: field(4, "Versions") } },
    Info: { fields: { tags: repeated(4, "string"), version: field(5, "string") } },
    MetaGraph: { fields: { info: field(1, "Info"), graph: field(2, "GraphDef") } },
    SavedModel: { fields: { schema: field(1, "int64"), metaGraphs: repeated(2, "MetaGraph") } },
  },
});

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
  | { readonly tensor: { readonly dtype: number; readonly shape: readonly number[]; readonly data: ArrayBufferView } };

export interface NodeDef {
  readonly name: string;
  readonly op: string;
  /** "node", "node:index", and "^node" for what must come before. */
  readonly inputs: readonly string[];
  readonly attrs: Readonly<Record<string, Attr>>;
}

/** The bytes of saved_model.pb for one graph, tagged "serve". */
export function encodeSavedModel(nodes: Iterable<NodeDef>): Uint8Array {
  const node = Array.from(nodes, ({ name, op, inputs, attrs }) => ({ name, op, input: inputs, attr: Object.fromEntries(Object.entries(attrs).map(([k, v]) => [k, attr(v)])) }));
  const graph = { node, versions: { producer: 1882 } };
  return SavedModel.encode({ schema: 1, metaGraphs: [{ info: { tags: ["serve"], version: "2.21.0" }, graph }] }).finish();
}

const shape = (dims: readonly number[]) => ({ dim: dims.map((size) => ({ size })) });

function attr(a: Attr): object {
  if ("s" in a) return { s: Buffer.from(a.s) };
  if ("shape" in a) return { shape: shape(a.shape) };
  if ("ints" in a) return { list: { i: a.ints } };
  if (!("tensor" in a)) return a;
  const { dtype, shape: dims, data } = a.tensor;
  return { tensor: { dtype, shape: shape(dims), content: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) } };
}

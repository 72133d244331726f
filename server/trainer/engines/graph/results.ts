/** TensorFlow's names of what its operations give, from their op definitions: inside a function a result is `node:name:index`. */
const named: Readonly<Record<string, readonly string[]>> = {
  y: ["Abs", "Cast", "Cos", "Erf", "Exp", "IsFinite", "Log", "Neg", "Rsqrt", "Sign", "Sin", "Sqrt", "Square", "Sigmoid", "Tanh", "Transpose"],
  z: ["AddV2", "Equal", "Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd", "Maximum", "Minimum", "Mul", "RealDiv", "RsqrtGrad", "SigmoidGrad", "SqrtGrad", "Sub", "TanhGrad"],
  activations: ["Relu", "Softplus"],
  backprops: ["ReluGrad", "SoftplusGrad"],
  product: ["MatMul"],
  softmax: ["Softmax"],
  logsoftmax: ["LogSoftmax"],
  value: ["ReadVariableOp"],
  resource: ["VarHandleOp"],
  handle: ["TensorListReserve"],
  output_handle: ["TensorListSetItem"],
  item: ["TensorListGetItem"],
};

const several: Readonly<Record<string, readonly string[]>> = {
  SoftmaxCrossEntropyWithLogits: ["loss", "backprop"],
  SparseSoftmaxCrossEntropyWithLogits: ["loss", "backprop"],
  FusedBatchNormV3: ["y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2", "reserve_space_3"],
  FusedBatchNormGradV3: ["x_backprop", "scale_backprop", "offset_backprop"],
  TopKV2: ["values", "indices"],
};

/** Those that give a list. */
const lists: ReadonlySet<string> = new Set(["Unpack", "StatelessWhile", "While", "StatefulPartitionedCall"]);

const names = new Map(Object.entries(named).flatMap(([name, ops]) => ops.map((op) => [op, name] as const)));

/** How a function refers to result `index` of a node. All that are not named above give one `output`. */
export function resultIn(node: { readonly name: string; readonly op: string }, index: number): string {
  if (lists.has(node.op)) return `${node.name}:output:${index}`;
  return `${node.name}:${several[node.op]?.[index] ?? names.get(node.op) ?? "output"}:0`;
}

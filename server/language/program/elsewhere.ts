import { sameWord } from "../suggest.ts";
import type { FrameworkName, LayerDef } from "../layers/define.ts";
import { layers } from "../layers/index.ts";
import type { Arg, Span } from "../syntax/tree.ts";

/** Names by which others know a layer, simplified, and the layers that they may mean. */
let known: Map<string, string[]> | undefined;

/**
 * The layer that Keras, PyTorch or everyday speech calls so: Linear, MaxPooling2D, fc, maxpool. Where the name leaves
 * open over how many axes, the rank of what flows decides (without the batch; two space axes where it is unknown).
 */
export function layerCalled(name: string, rank: number | undefined): string | undefined {
  const candidates = (known ??= collect()).get(sameWord(name)) ?? known.get(sameWord(name).replace(/[123]d$/, ""));
  const fits = `${(rank ?? 3) - 1}d`;
  return candidates?.find((c) => c.includes(fits)) ?? candidates?.[0];
}

/** What is written for a word that other languages have and no layer is called. */
const INSTEAD: Readonly<Record<string, string>> = {
  repeat: "repeat needs a number and a body: repeat 3 { … }",
  range: "a range is written 0..n",
  residual: "a shortcut around layers is add { … } { identity }",
  shortcut: "a shortcut around layers is add { … } { identity }",
  skip: "a shortcut around layers is add { … } { identity }",
  while: "there are repeat n { … } and for i in 0..n { … }",
  return: "a model gives what flows last, or what output names",
  activation: "an activation is a layer: -> relu",
  sequential: "layers stand one under another in a model's braces",
  squeeze: "an axis of 1 goes by reshape: reshape([dim(in, 0)])",
  unsqueeze: "an axis of 1 comes by reshape: reshape([dim(in, 0), 1])",
  expanddims: "an axis of 1 comes by reshape: reshape([dim(in, 0), 1])",
  transpose: "axes change places by permute: permute([1, 0])",
  roll: "what goes round is cut and joined: concat(axis = 0) { slice(0, start = 3, size = 5) } { slice(0, size = 3) }",
  chunk: "parts are cut out by slice: slice(axis = -1, start = 0, size = 8)",
  split: "parts are cut out by slice: slice(axis = -1, start = 0, size = 8)",
  pixelshuffle: "depth becomes space by reshape and permute: reshape([dim(x, 0), dim(x, 1), 2, 2, c]) -> permute([0, 2, 1, 3, 4]) -> reshape([2 * dim(x, 0), 2 * dim(x, 1), c])",
  depthtospace: "depth becomes space by reshape and permute: reshape([dim(x, 0), dim(x, 1), 2, 2, c]) -> permute([0, 2, 1, 3, 4]) -> reshape([2 * dim(x, 0), 2 * dim(x, 1), c])",
  spacetodepth: "space becomes depth by reshape and permute: reshape([h, 2, w, 2 * c]) -> permute([0, 2, 1, 3]) -> reshape([h, w, 4 * c])",
  glu: "a gate is a branch: multiply { dense(n) } { dense(n) -> sigmoid }",
  swiglu: "a gate is a branch: multiply { dense(n, bias = false) } { dense(n, bias = false) -> silu } -> dense(channels(in), bias = false)",
  geglu: "a gate is a branch: multiply { dense(n) } { dense(n) -> gelu }",
  conv1x1: "a 1×1 convolution is conv2d(filters, 1)",
  pointwiseconv2d: "a 1×1 convolution is conv2d(filters, 1)",
  causalconv1d: "zeros before the sequence alone: conv1d(filters, 3, padding = [[2, 0]])",
  instancenorm: "a group for each channel: group_norm(channels(in))",
  view: "sizes change by reshape, and flatten lays all in a row",
  transformerencoderlayer: "a block of a transformer is written out: add { layer_norm -> attention(4) } { identity }; add { layer_norm -> dense(64) -> gelu -> dense(channels(in)) } { identity }",
  transformerencoder: "a block of a transformer is written out: add { layer_norm -> attention(4) } { identity }; add { layer_norm -> dense(64) -> gelu -> dense(channels(in)) } { identity }",
  transformerblock: "a block of a transformer is written out: add { layer_norm -> attention(4) } { identity }; add { layer_norm -> dense(64) -> gelu -> dense(channels(in)) } { identity }",
  weightnorm: "a norm of weights is not there; one of what flows is: layer_norm, group_norm, batch_norm",
  spectralnorm: "a norm of weights is not there; one of what flows is: layer_norm, group_norm, batch_norm",
  ffn: "a feed-forward part is written out: dense(4 * channels(in)) -> gelu -> dense(channels(in))",
  mlp: "a feed-forward part is written out: dense(4 * channels(in)) -> gelu -> dense(channels(in))",
  feedforward: "a feed-forward part is written out: dense(4 * channels(in)) -> gelu -> dense(channels(in))",
  crossattention: "keys and values of another result: attention(heads, context = memory)",
  maskedattention: "a mask over what comes later: attention(heads, causal = true)",
  scaleddotproductattention: "attention(heads) has its projections; without them: matmul(keys, transposed = true) -> softmax -> matmul(values)",
  adaptiveavgpool2d: "to one place: global_avg_pool",
  adaptivemaxpool2d: "to one place: global_max_pool",
  maxout: "the largest of several: maximum for i in 0..2 { dense(n) }",
  scale: "a fixed factor is rescaling(0.5), a learned one for each channel layer_scale",
  noise: "gaussian_noise(deviation)",
  mean: "over positions: global_avg_pool; of several results: average",
  sum: "of several results: add",
  lambda: "layers and arithmetic of sizes are all there is",
};

export function writtenInstead(name: string): string | undefined {
  const simple = sameWord(name);
  return Object.hasOwn(INSTEAD, simple) ? INSTEAD[simple] : undefined;
}

/** PyTorch gives the size of what flows in first: Linear(784, 10), Conv2d(1, 8, 3). */
export function takesInputSize(name: string, layer: LayerDef | undefined, given: number): boolean {
  const first = Object.keys(layer?.params ?? {})[0];
  const torch = layer?.names.torch?.[0];
  // Keras has an LSTM too: LSTM(64) gives its units.
  if (torch === layer?.names.keras?.[0] && given < 2) return false;
  if (torch === undefined || (first !== "units" && first !== "filters")) return false;
  return torch === name || (torch.toLowerCase() === name && sameWord(name) !== sameWord(layer!.name));
}

/** Words of settings and initializers, as others call them. */
const WORDS: Readonly<Record<string, string>> = {
  categoricalcrossentropy: "cross_entropy",
  sparsecategoricalcrossentropy: "cross_entropy",
  crossentropyloss: "cross_entropy",
  nllloss: "cross_entropy",
  softmaxcrossentropy: "cross_entropy",
  bce: "binary_cross_entropy",
  bceloss: "binary_cross_entropy",
  bcewithlogitsloss: "binary_cross_entropy",
  meansquarederror: "mse",
  mseloss: "mse",
  meanabsoluteerror: "mae",
  l1loss: "mae",
  smoothl1loss: "huber",
  xavieruniform: "glorot_uniform",
  xaviernormal: "glorot_normal",
  kaiminguniform: "he_uniform",
  kaimingnormal: "he_normal",
  acc: "accuracy",
};

/** The one of these words that Keras or PyTorch calls so. */
export function wordCalled(name: string, words: readonly string[]): string | undefined {
  const simple = sameWord(name);
  const meant = Object.hasOwn(WORDS, simple) ? WORDS[simple] : undefined;
  return meant !== undefined && words.includes(meant) ? meant : undefined;
}

/** Our name of the argument that Keras or PyTorch calls so. */
export function argumentCalled(name: string, names: LayerDef["names"] | undefined): string | undefined {
  for (const framework of [names?.keras, names?.torch]) {
    for (const [ours, theirs] of Object.entries(framework?.[1] ?? {})) if (theirs === name) return ours;
  }
  return undefined;
}

const FLOWS_IN = "the size of what flows in is known, and not given";
const DECLARED = "the input statement says it: input x [28, 28, 1]";

/** Arguments of others that nothing has to be said for here, and why. */
export const SAID_ALREADY: Readonly<Record<string, string>> = {
  ...Object.fromEntries(["in_features", "in_channels", "input_size", "input_dim", "num_features", "embed_dim", "d_model", "normalized_shape", "num_channels", "input_channels"].map((name) => [name, FLOWS_IN])),
  input_shape: DECLARED,
  batch_input_shape: DECLARED,
  inplace: "what is kept in memory follows from what needs it",
  data_format: "channels stand last",
  batch_first: "positions stand before the channels",
};

/** An argument, and the comma that sets it apart. */
export function entrySpan(written: readonly Arg[], i: number): Span {
  const { span } = written[i]!;
  const [before, next] = [written[i - 1]?.span, written[i + 1]?.span];
  if (before) return { ...span, line: before.endLine, start: before.end };
  return next ? { ...span, endLine: next.line, end: next.start } : span;
}

/** Arguments under their names here, and where they have others; without those that nothing has to be said for. */
export function argumentsCalled(written: readonly Arg[], layer: LayerDef): { readonly args: readonly Arg[]; readonly renamed: readonly { readonly span: Span; readonly text: string }[] } {
  const renamed: { span: Span; text: string }[] = [];
  const given = new Set(written.map((a) => a.name?.text));
  const args = written.flatMap((arg, i): Arg[] => {
    const foreign = arg.name && !Object.hasOwn(layer.params as object, arg.name.text) ? arg.name.text : undefined;
    const ours = foreign === undefined ? undefined : argumentCalled(foreign, layer.names);
    if (foreign !== undefined && ours === undefined && Object.hasOwn(SAID_ALREADY, foreign)) {
      renamed.push({ span: entrySpan(written, i), text: "" });
      return [];
    }
    if (ours === undefined || given.has(ours)) return [arg];
    renamed.push({ span: arg.name!.span, text: ours });
    return [{ ...arg, name: { text: ours, span: arg.name!.span } }];
  });
  return { args, renamed };
}

function collect(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const add = (name: string, layer: string): void => {
    const simple = sameWord(name);
    // With and without the number of axes.
    for (const key of new Set([simple, simple.replace(/[123]d$/, "")])) {
      const list = found.get(key);
      if (!list) found.set(key, [layer]);
      else if (!list.includes(layer)) list.push(layer);
    }
  };
  for (const layer of layers.values()) {
    for (const name of [layer.name, ...layer.also, ...[layer.names.keras, layer.names.torch].flatMap(classNames)]) add(name, layer.name);
  }
  return found;
}

/** `Activation` is every activation's class: there the argument's value is the name. */
function classNames(name: FrameworkName | undefined): string[] {
  if (!name) return [];
  return name[0] === "Activation" ? Object.values(name[1] ?? {}) : [name[0]];
}

import { sameWord } from "../suggest.ts";
import type { FrameworkName, LayerDef } from "../layers/define.ts";
import { layers } from "../layers/index.ts";

/** Names by which others know a layer, simplified, and the layers that they may mean. */
let known: Map<string, string[]> | undefined;

/**
 * The layer that Keras, PyTorch or everyday speech calls so: Linear, MaxPooling2D, fc, maxpool. Where the name leaves
 * open over how many axes, the rank of what flows decides (without the batch; two space axes where it is unknown).
 */
export function layerCalled(name: string, rank: number | undefined): string | undefined {
  const candidates = (known ??= collect()).get(sameWord(name)) ?? known.get(sameWord(name).replace(/[123]d$/, ""));
  const fits = `${(rank ?? 3) - 1}d`;
  return candidates?.find((c) => c.endsWith(fits)) ?? candidates?.[0];
}

/** What is written for a word that other languages have and no layer is called. */
const INSTEAD: Readonly<Record<string, string>> = {
  repeat: "repeat needs a number and a body: repeat 3 { … }",
  range: "a range is written 0..n",
  while: "there are repeat n { … } and for i in 0..n { … }",
  return: "a model gives what flows last, or what output names",
  activation: "an activation is a layer: -> relu",
  sequential: "layers stand one under another in a model's braces",
  lambda: "layers and arithmetic of sizes are all there is",
};

export function writtenInstead(name: string): string | undefined {
  const simple = sameWord(name);
  return Object.hasOwn(INSTEAD, simple) ? INSTEAD[simple] : undefined;
}

/** PyTorch gives the size of what flows in first: Linear(784, 10), Conv2d(1, 8, 3). */
export function takesInputSize(name: string, layer: LayerDef | undefined): boolean {
  const first = Object.keys(layer?.params ?? {})[0];
  return layer !== undefined && layer.names.torch?.[0] === name && (first === "units" || first === "filters");
}

/** Our name of the argument that Keras or PyTorch calls so. */
export function argumentCalled(name: string, names: LayerDef["names"] | undefined): string | undefined {
  for (const framework of [names?.keras, names?.torch]) {
    for (const [ours, theirs] of Object.entries(framework?.[1] ?? {})) if (theirs === name) return ours;
  }
  return undefined;
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

import type { LayerDef } from "../layers/define.ts";
import { sameShape } from "../ops/dim.ts";
import { type Param, type Params, wordsOf } from "../params.ts";
import type { Value } from "../values.ts";
import type { TensorType } from "./graph.ts";
import { infer } from "./infer.ts";

export interface Guess {
  readonly type: TensorType;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Values of every plain kind: those that a parameter takes are tried. */
const TRIED: readonly Value[] = [0, 0.25, 1, 2, true, false];

/**
 * What holds of a layer whatever its `open` arguments will be once they are mended: the shape, where it is the same
 * for all values that are tried. So `dropout(1.5)` hides nothing of what is below it, and `dense("8")` does.
 */
export function guess(layer: LayerDef, args: Readonly<Record<string, unknown>>, open: readonly string[], inputs: readonly TensorType[]): Guess | undefined {
  if (open.length > 2) return undefined;
  let tried = [args];
  for (const name of open) {
    const values = candidates((layer.params as Params)[name]!);
    tried = tried.flatMap((a) => values.map((v) => ({ ...a, [name]: v })));
  }
  const types = tried.map((a) => infer(layer, a, inputs).type);
  const first = types[0];
  if (!first || types.some((t) => !t || !sameShape(t.shape, first.shape))) return undefined;
  return { type: first, args: tried[0]! };
}

/** At least two values, or none; an initializer is never what a shape hangs on. */
function candidates({ type, default: usual }: Param<unknown>): readonly unknown[] {
  const written = [...TRIED, ...wordsOf({ ...type, options: {} }).map((word): Value => ({ kind: "word", word }))];
  const taken = written.map((v) => type.accept(v)).flatMap((a) => ("value" in a ? [a.value] : []));
  const values = usual === undefined ? taken : [usual, ...taken];
  return values.length > 1 || type.options ? values : [];
}

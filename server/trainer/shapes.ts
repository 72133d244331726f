import type { Model, Node } from "../language/index.ts";
import { evaluate, symbolsOf } from "../language/ops/dim.ts";
import { fitsShape, shapesFor, sizesFor } from "../language/ops/solving.ts";
import { constraintTexts } from "../language/ops/sizes.ts";

/** Larger than any that a layer needs. */
const MOST = 1 << 16;

const declared = (model: Model) => model.inputs.map((id) => model.nodes[id]!.type!.shape);
const symbolsIn = (model: Model): Set<string> => new Set(declared(model).flatMap((shape) => shape.flatMap((d) => [...symbolsOf(d)])));
const atSize = (model: Model, size: number): Map<string, number> => new Map([...symbolsIn(model)].map((s) => [s, size]));
const widthOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The least size that all symbols of a model's inputs may have together, by what its layers need; 1 where it has none. */
export function leastSize(model: Model): number {
  const needs = model.nodes.flatMap((n) => n.constraints);
  const holds = (size: number): boolean => {
    const sizes = atSize(model, size);
    return needs.every(({ dim, atLeast }) => (evaluate(dim, sizes) ?? atLeast) >= atLeast);
  };
  for (let size = 1; size < MOST; size++) if (holds(size)) return size;
  return 1;
}

/** The shape of a row with every symbol at one size. */
export function rowShapeAt(model: Model, size: number): readonly number[] {
  const shapes = shapesAt(model, size);
  return shapes.length === 1 ? shapes[0]! : [shapes.reduce((sum, s) => sum + widthOf(s), 0)];
}

function shapesAt(model: Model, size: number): readonly (readonly number[])[] {
  const sizes = atSize(model, size);
  return declared(model).map((shape) => shape.map((d) => evaluate(d, sizes)!));
}

/**
 * The shape of each input in a row of this shape. Of several inputs a row is all of them, one after another in the
 * model's order, and all symbols have one size. Throws RangeError where the row is none of the model's.
 */
export function inputShapes(model: Model, row: readonly number[]): readonly (readonly number[])[] {
  if (model.inputs.length === 1) return [row];
  const shapes = shapesFor(widthOf(row), declared(model), true);
  if (!shapes) throw new RangeError(`a row of ${widthOf(row)} values does not fill the ${model.inputs.length} inputs of model ${model.name}`);
  return shapes;
}

/** What each symbol of the model's inputs is in a row of this shape. */
export function symbolSizes(model: Model, row: readonly number[]): Map<string, number> {
  return sizesFor(inputShapes(model, row).flat(), declared(model).flat()) ?? new Map<string, number>();
}

/** Whether a row of this shape can flow into the model. */
export function takesRow(model: Model, row: readonly number[]): boolean {
  if (model.inputs.length > 1) {
    try {
      return inputShapes(model, row).length > 1;
    } catch {
      return false;
    }
  }
  return fitsShape(row, declared(model)[0]!);
}

/** The first layer that needs other sizes than a row of this shape gives to the symbols, and what it needs: "N ≥ 3". */
export function unmetNeed(model: Model, shape: readonly number[]): { readonly node: Node; readonly need: string; readonly sizes: string } | undefined {
  const sizes = symbolSizes(model, shape);
  for (const node of model.nodes) {
    const unmet = node.constraints.find(({ dim, atLeast }) => (evaluate(dim, sizes) ?? atLeast) < atLeast);
    if (unmet) return { node, need: constraintTexts([unmet]).join(", "), sizes: [...sizes].map(([name, n]) => `${name} = ${n}`).join(", ") };
  }
  return undefined;
}

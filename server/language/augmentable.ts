import type { Model } from "./graph/graph.ts";
import { type AugmentationKind, augmentations } from "./settings/augmentations.ts";

/** Which augmentations a model's rows take, and what of a row they change. */

const typesOf = (model: Model) => model.inputs.map((id) => model.nodes[id]!.type);

/** Inputs that are images [height, width, channels], by place. */
export const imageInputs = (model: Model): readonly number[] => typesOf(model).flatMap((t, i) => (t?.dtype === "float" && t.shape.length === 3 ? [i] : []));

/** Of several inputs a row is all of them, one after another: images are changed where they lie in it, numbers all over. */
export function augmentable(model: Model, kind: AugmentationKind): boolean {
  if (kind === "image") return imageInputs(model).length === 1;
  const types = typesOf(model);
  if (kind === "tokens") return types.length === 1 && types[0]?.dtype === "int";
  return types.every((t) => t?.dtype === "float") && (kind === "numbers" || types.length > 1 || types[0]!.shape.length === 1);
}

/** Whether an augmentation changes images, and leaves all else of a row as it is. */
export const changesImages = (name: string): boolean => augmentations[name]!.of === "image";

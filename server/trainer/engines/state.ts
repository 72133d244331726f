import type { OptionValue } from "../../language/values.ts";
import type { Stored } from "./tfjs/weights.ts";

type Args = Readonly<Record<string, number | boolean>>;

/** What an optimizer keeps for each weight, and its first value. */
export function slotsOf({ name, args }: OptionValue): Readonly<Record<string, number>> {
  const numbers = args as Args;
  switch (name) {
    case "sgd": return numbers["momentum"] ? { velocity: 0 } : {};
    case "rmsprop": return { squares: 0, velocity: 0 };
    case "adagrad": return { squares: numbers["initial"] as number };
    default: return { mean: 0, squares: 0 };
  }
}

export interface Kept {
  readonly name: string;
  readonly shape: readonly number[];
  /** What all entries of an optimizer's slot are at first. */
  readonly start: number;
}

/** Everything that a run changes: each weight, followed by what the optimizer keeps for it. */
export function stateOf(stored: readonly Stored[], optimizer: OptionValue): readonly Kept[] {
  const slots = Object.entries(slotsOf(optimizer));
  return stored.flatMap(({ name, spec }) => {
    const shape = spec.shape as readonly number[];
    const own = { name, shape, start: 0 };
    return spec.trainable ? [own, ...slots.map(([key, start]) => ({ name: slotName(name, key), shape, start }))] : [own];
  });
}

export const slotName = (weight: string, key: string): string => `${weight}:${key}`;

import type { Ops } from "../ops/ops.ts";
import { type OptionDef, optional, real, whole, withDefault } from "../params.ts";
import type { OptionValue } from "../values.ts";

/** How attention knows of positions, where nothing that flows in says it. No weights. */
export const positionings: Readonly<Record<string, OptionDef>> = {
  rotary: {
    name: "rotary",
    doc: "Queries and keys are turned by their position: entries i and i + size / 2 of a head by n·base^(−2i / size) at position n, so that a score follows from the distance. Su et al. 2021, halves as in Llama.",
    params: {
      base: withDefault(real({ above: 1 }), 10_000, "Wavelengths go from 2π to 2π·base."),
      part: optional(whole(), "How many of a head's entries are turned, the first ones; the others know of no position. Black et al. 2022 (GPT-NeoX): a quarter.", "all"),
    },
  },
  alibi: {
    name: "alibi",
    doc: "Scores fall with the distance: by m·|i − j|, m = 2^(−8h / heads) in head h from 1 on. Press, Smith and Lewis 2022.",
    params: {},
  },
};

/** What is added to a score that must not count. */
export const HIDDEN = -1e9;

/** x [..., n, size], each position turned by its angles; the entries behind `part` as they are. */
export function turned<T>(ops: Ops<T>, x: T, { args }: Pick<OptionValue, "args">): T {
  const axis = ops.shape(x).length - 1;
  const [n, whole] = ops.shape(x).slice(-2) as [number, number];
  const { base, part: size = whole } = args as { base: number; part?: number };
  if (size < whole) return ops.concat([turned(ops, ops.slice(x, axis, 0, size), { args: { base } }), ops.slice(x, axis, size, whole - size)], axis);
  const half = size / 2;
  const angle = (position: number, i: number) => position * base ** ((-2 * (i % half)) / size);
  const cos = ops.table([n, size], ([p, i]) => Math.cos(angle(p!, i!)));
  const sin = ops.table([n, size], ([p, i]) => Math.sin(angle(p!, i!)) * (i! < half ? -1 : 1));
  const swapped = ops.concat([ops.slice(x, axis, half, half), ops.slice(x, axis, 0, half)], axis);
  return ops.add(ops.mul(x, cos), ops.mul(swapped, sin));
}

/** Slopes of a number of heads that is no power of two: those of the power below it, then every other one of the power above. */
export function slopeOf(head: number, heads: number): number {
  const below = 2 ** Math.floor(Math.log2(heads));
  return head < below ? 2 ** ((-8 * (head + 1)) / below) : 2 ** ((-8 * (2 * (head - below) + 1)) / (2 * below));
}

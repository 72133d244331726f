import { type Augmentation, normal } from "./define.ts";

/** Token 1 stands for unknown words, 0 for none. */
const UNKNOWN = 1;

/** Augmentations that change entries where they are. */
export const entries: Readonly<Record<string, Augmentation>> = {
  cutout: {
    apply({ values, shape, random }, { size }) {
      const [height, width, channels] = shape as [number, number, number];
      const half = (size as number) / 2;
      const [y, x] = [Math.floor(random() * height), Math.floor(random() * width)];
      const within = (v: number, most: number) => Math.max(0, Math.min(most, v));
      for (let row = within(Math.ceil(y - half), height); row < within(Math.ceil(y + half), height); row++) {
        values.fill(0, (row * width + within(Math.ceil(x - half), width)) * channels, (row * width + within(Math.ceil(x + half), width)) * channels);
      }
    },
  },
  noise: {
    apply({ values, random }, { std }) {
      for (let i = 0; i < values.length; i++) values[i] = values[i]! + (std as number) * normal(random);
    },
  },
  swap_noise: {
    apply({ values, random, other }, { rate }) {
      for (let i = 0; i < values.length; i++) if (random() < (rate as number)) values[i] = other()[i]!;
    },
  },
  random_delete: {
    apply({ values, random }, { rate }) {
      const length = lengthOf(values);
      const kept = values.slice(0, length).filter(() => random() >= (rate as number));
      if (kept.length === length || length === 0) return;
      const rest = kept.length > 0 ? kept : values.slice(0, length).subarray(Math.floor(random() * length)).slice(0, 1);
      values.fill(0);
      values.set(rest);
    },
  },
  random_swap: {
    apply({ values, random }, { rate }) {
      const length = lengthOf(values);
      for (let n = Math.round((rate as number) * length); n > 0; n--) {
        const [i, j] = [Math.floor(random() * length), Math.floor(random() * length)];
        [values[i], values[j]] = [values[j]!, values[i]!];
      }
    },
  },
  random_mask: {
    apply({ values, random }, { rate }) {
      for (let i = lengthOf(values) - 1; i >= 0; i--) if (random() < (rate as number)) values[i] = UNKNOWN;
    },
  },
};

/** Without the padding at the end. */
function lengthOf(values: Float32Array): number {
  let length = values.length;
  while (length > 0 && values[length - 1] === 0) length--;
  return length;
}

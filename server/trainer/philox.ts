/**
 * TensorFlow's stateless draws in plain JavaScript: Philox 4×32-10 (Salmon et al. 2011) with the key scrambling of
 * StatelessRandomUniform, so that dropout and noise are the same on every engine.
 */

/** Seed of a pass' draw number `draw` (from 0): with the step's number it is what both engines draw from. At least 0, as TensorFlow extends signs. */
export function drawSeed(seed: number, draw: number): number {
  const words = Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(Math.floor(seed / 2 ** 32) | 0, 0xc2b2ae35) ^ Math.imul(draw + 1, 0x85ebca6b);
  return words & 0x7fffffff;
}

/** Uniform in [low, high), as StatelessRandomUniform with seed [first, second]. */
export function fillUniform(out: Float32Array, low: number, high: number, first: number, second: number): Float32Array {
  groups(out.length, first, second, (words, at) => {
    for (let i = 0; i < 4 && at + i < out.length; i++) out[at + i] = Math.fround(low + Math.fround(Math.fround(high - low) * unit(words[i]!)));
  });
  return out;
}

/** Normal with mean 0, as StatelessRandomNormal: Box–Muller on pairs of words. */
export function fillNormal(out: Float32Array, deviation: number, first: number, second: number): Float32Array {
  groups(out.length, first, second, (words, at) => {
    for (let i = 0; i < 4 && at + i < out.length; i += 2) {
      const radius = deviation * Math.sqrt(-2 * Math.log(Math.max(unit(words[i]!), 1e-7)));
      const angle = 2 * Math.PI * unit(words[i + 1]!);
      out[at + i] = radius * Math.sin(angle);
      if (at + i + 1 < out.length) out[at + i + 1] = radius * Math.cos(angle);
    }
  });
  return out;
}

/** The low 23 bits as the fraction of a number in [1, 2), less 1. */
const unit = (word: number): number => (word & 0x7fffff) / 2 ** 23;

/** Four words for each group of four entries. */
function groups(length: number, first: number, second: number, use: (words: Uint32Array, at: number) => void): void {
  const scrambled = rounds(Uint32Array.of(first, 0, second, 0), 0x3ec8f720, 0x02461e29);
  const [key0, key1, c2, c3] = scrambled as unknown as [number, number, number, number];
  for (let at = 0; at < length; at += 4) use(rounds(Uint32Array.of(at / 4, 0, c2, c3), key0, key1), at);
}

function rounds(c: Uint32Array, key0: number, key1: number): Uint32Array {
  for (let i = 0; i < 10; i++) {
    const [a, b] = [c[0]!, c[2]!];
    const [c1, c3] = [c[1]!, c[3]!];
    c[0] = high(0xcd9e8d57, b) ^ c1 ^ key0;
    c[1] = Math.imul(0xcd9e8d57, b);
    c[2] = high(0xd2511f53, a) ^ c3 ^ key1;
    c[3] = Math.imul(0xd2511f53, a);
    key0 = (key0 + 0x9e3779b9) | 0;
    key1 = (key1 + 0xbb67ae85) | 0;
  }
  return c;
}

/** The upper half of the product of two 32-bit numbers. */
function high(a: number, b: number): number {
  const [a1, a0, b1, b0] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = a1 * b0 + Math.floor((a0 * b0) / 65536);
  return (a1 * b1 + Math.floor(middle / 65536) + Math.floor(((middle % 65536) + a0 * b1) / 65536)) | 0;
}

/**
 * Every random draw of a run follows from its seed and a name of what is drawn ("weights", "conv2d_1/kernel"), never
 * from how many draws came before: adding a layer changes no other layer's weights, and a step can be repeated.
 */

/** Uniform in [0, 1): sfc32 (Doty-Humphrey), started from a hash of seed and labels. */
export function generator(seed: number, ...labels: readonly (string | number)[]): () => number {
  const next = words(seed, labels);
  return () => next() / 2 ** 32;
}

/** Fisher–Yates, in place. */
export function shuffle(values: Int32Array, random: () => number): Int32Array {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}

function words(seed: number, labels: readonly (string | number)[]): () => number {
  // FNV-1a over the text of the labels; the seed's two halves go into the state itself.
  let hash = 0x811c9dc5;
  for (const character of labels.join("\u0000")) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  let a = seed | 0;
  let b = Math.floor(seed / 2 ** 32) | 0;
  let c = hash | 0;
  let counter = 1;
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

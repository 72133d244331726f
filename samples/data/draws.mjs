/** Draws from a seed (mulberry32), so that everybody makes the same file: numbers in [0, 1), and entries of lists. */
export function draws(seed) {
  let state = seed;
  const draw = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { draw, pick: (list) => list[Math.floor(draw() * list.length)] };
}

/** Uniform in [0, 1). */
export type Draw = () => number;

/** From the standard normal distribution. Box and Muller 1958; one draw of the pair is left out, so that draws don't depend on those before. */
export function normal(draw: Draw): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

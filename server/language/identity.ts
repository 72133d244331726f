const numbers = new WeakMap<object, number>();
let next = 1;

/** Of this object alone, for as long as it lives: for keys of what hangs on which object something is. */
export function numberOf(object: object): number {
  let number = numbers.get(object);
  if (number === undefined) numbers.set(object, (number = next++));
  return number;
}

const clears: (() => void)[] = [];

/** Says how to empty what is kept between texts for its speed: all of it is bounded, and none of it is needed. */
export function forgettable(clear: () => void): void {
  clears.push(clear);
}

/** No text is open any more: nothing of those that were stays. */
export function forgetAll(): void {
  for (const clear of clears) clear();
}

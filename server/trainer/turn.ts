/** Lets whatever waits have its turn: a message that cancels, the end of the parent. In a browser too, which has no setImmediate. */
export function turn(): Promise<void> {
  return new Promise((go) => (typeof setImmediate === "function" ? setImmediate(go) : setTimeout(go)));
}

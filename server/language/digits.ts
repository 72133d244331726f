/** 1,234,567. (Intl does the same, and takes 15 ms to load: a tenth of `nnet check`.) */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

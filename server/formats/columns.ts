/**
 * What a value in a file of columns is: one convention for all that read such files. A number is written in decimal
 * digits, with a sign and an exponent if need be; infinities and hexadecimal are none. Missing is a value that is
 * empty, NA, N/A, NaN, null or ?, in capitals or not, spaces around it left out.
 */

/** A number as a person writes one; undefined for anything else, infinities included. */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

export function isMissing(text: string): boolean {
  return /^\s*(?:|na|n\/a|nan|null|\?)\s*$/i.test(text);
}

/** Whether a value that is no number was meant as one: then a column that begins with it is no column of words. */
export function likeNumber(text: string): boolean {
  return /^\s*[-+]?(?:\d|\.\d|inf)/i.test(text);
}

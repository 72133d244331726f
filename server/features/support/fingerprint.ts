/** 64 bits of a text (FNV-1a, two of 32 bits): the same text has the same one, whoever asks and whenever. */
export function fingerprint(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ ((unit << 7) | (unit >>> 9)), 0x01000193) + i;
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}

/**
 * The directory of a ZIP archive, ZIP64 included, as .npz files are: entries stored as they are or deflated. Own code,
 * since a look at a file reads a bounded part of it, at once and in steps, where libraries read it whole or later.
 * Format: APPNOTE.TXT 6.3.10, PKWARE, sections 4.3 and 4.5.3.
 */

export interface ZipEntry {
  readonly name: string;
  readonly deflated: boolean;
  /** Bytes in the archive, and of what they hold. */
  readonly packed: number;
  readonly size: number;
  readonly crc: number;
  /** Where its own header begins. */
  readonly header: number;
}

export class ZipError extends Error {}

/** Some bytes of the archive: fewer at its end. */
export type ReadAt = (at: number, length: number) => Buffer;

const [LOCAL, ENTRY, END, END64, LOCATOR] = [0x04034b50, 0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50];
const [END_SIZE, LOCATOR_SIZE, END64_SIZE, ENTRY_SIZE, LOCAL_SIZE] = [22, 20, 56, 46, 30];
/** A comment may follow the end. */
const LONGEST_COMMENT = 0xffff;
/** More than any archive of arrays has. */
const MOST_ENTRIES = 10_000;
const LARGEST_DIRECTORY = 1 << 24;

/** What an archive of `size` bytes holds, in its own order. Throws ZipError. */
export function zipEntries(read: ReadAt, size: number): ZipEntry[] {
  const { at, bytes: length, entries: count } = directoryOf(read, size);
  if (count > MOST_ENTRIES || length > LARGEST_DIRECTORY) throw new ZipError(`its directory names ${count} files, and ${MOST_ENTRIES} are the most`);
  const bytes = read(at, length);
  const found: ZipEntry[] = [];
  for (let next = 0; found.length < count; ) {
    if (next + ENTRY_SIZE > bytes.length || bytes.readUInt32LE(next) !== ENTRY) throw new ZipError("its directory is broken");
    const [flags, method] = [bytes.readUInt16LE(next + 8), bytes.readUInt16LE(next + 10)];
    const [named, extra, comment] = [28, 30, 32].map((o) => bytes.readUInt16LE(next + o)) as [number, number, number];
    const name = bytes.toString("utf8", next + ENTRY_SIZE, next + ENTRY_SIZE + named);
    if ((flags & 1) !== 0) throw new ZipError(`${name} is encrypted`);
    if (method !== 0 && method !== 8) throw new ZipError(`${name} is packed by method ${method}; save it by numpy.savez or numpy.savez_compressed`);
    const sizes = wide(bytes.subarray(next + ENTRY_SIZE + named, next + ENTRY_SIZE + named + extra), [bytes.readUInt32LE(next + 24), bytes.readUInt32LE(next + 20), bytes.readUInt32LE(next + 42)]);
    const [unpacked, packed, header] = sizes as [number, number, number];
    if (method === 0 && packed !== unpacked) throw new ZipError(`${name} is stored, and its two sizes differ`);
    found.push({ name, deflated: method === 8, packed, size: unpacked, crc: bytes.readUInt32LE(next + 16), header });
    next += ENTRY_SIZE + named + extra + comment;
  }
  return found;
}

/** Where an entry's bytes begin. Throws ZipError. */
export function zipStart(read: ReadAt, { header, name, packed }: ZipEntry, size: number): number {
  const local = read(header, LOCAL_SIZE);
  if (local.length < LOCAL_SIZE || local.readUInt32LE(0) !== LOCAL) throw new ZipError(`${name} is not where the directory says`);
  const start = header + LOCAL_SIZE + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (start + packed > size) throw new ZipError(`${name} is cut off`);
  return start;
}

function directoryOf(read: ReadAt, size: number): { at: number; bytes: number; entries: number } {
  const from = Math.max(0, size - END_SIZE - LONGEST_COMMENT);
  const tail = read(from, size - from);
  for (let at = tail.length - END_SIZE; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END || at + END_SIZE + tail.readUInt16LE(at + 20) !== tail.length) continue;
    const own = { at: tail.readUInt32LE(at + 16), bytes: tail.readUInt32LE(at + 12), entries: tail.readUInt16LE(at + 10) };
    const locator = at - LOCATOR_SIZE;
    if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR) return own;
    const end = read(number64(tail, locator + 8), END64_SIZE);
    if (end.length < END64_SIZE || end.readUInt32LE(0) !== END64) throw new ZipError("its ZIP64 directory is broken");
    return { at: number64(end, 48), bytes: number64(end, 40), entries: number64(end, 32) };
  }
  throw new ZipError("it does not end as a .zip file does");
}

/** Sizes of 32 bits that stand for wider ones: those follow in the extra field, in order. */
function wide(extra: Buffer, sizes: readonly number[]): number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const [id, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)];
    if (id === 1) {
      let next = at + 4;
      return sizes.map((s) => (s === 0xffffffff && next + 8 <= extra.length ? number64(extra, (next += 8) - 8) : s));
    }
    at += 4 + length;
  }
  return [...sizes];
}

function number64(bytes: Buffer, at: number): number {
  const value = Number(bytes.readBigUInt64LE(at));
  if (!Number.isSafeInteger(value)) throw new ZipError("its directory is broken");
  return value;
}

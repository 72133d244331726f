/**
 * Takes chosen files out of a zip (a wheel is one) without unpacking the other 13,000. Stored and deflated entries of
 * archives under 4 GB; the archive's hash was checked before, so entries' checksums are not.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";

/** `targetOf` says where an entry goes, or undefined for those left. Returns how many bytes were written. */
export async function extract(archive: string, targetOf: (name: string) => string | undefined, signal: AbortSignal, onBytes: (written: number, total: number) => void): Promise<number> {
  const handle = await open(archive, "r");
  try {
    const chosen = (await entriesOf(handle)).flatMap((e) => {
      const target = targetOf(e.name);
      return target === undefined ? [] : [{ ...e, target }];
    });
    const total = chosen.reduce((sum, e) => sum + e.size, 0);
    let written = 0;
    for (const e of chosen) {
      const header = await read(handle, e.offset, 30);
      const start = e.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
      await mkdir(dirname(e.target), { recursive: true });
      const out = createWriteStream(e.target);
      if (e.packed > 0) {
        const from = createReadStream(archive, { start, end: start + e.packed - 1, highWaterMark: 1 << 20 });
        const count = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
          for await (const c of chunks) {
            onBytes((written += c.length), total);
            yield c;
          }
        };
        if (e.method === 8) await pipeline(from, createInflateRaw({ chunkSize: 1 << 20 }), count, out, { signal });
        else await pipeline(from, count, out, { signal });
      } else await pipeline([], out);
      if (out.bytesWritten !== e.size) throw new Error(`${e.name} unpacks to ${out.bytesWritten} bytes instead of ${e.size}`);
    }
    return written;
  } finally {
    await handle.close();
  }
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  /** Of its local header. */
  readonly offset: number;
}

async function entriesOf(handle: FileHandle): Promise<Entry[]> {
  const { size } = await handle.stat();
  const tailLength = Math.min(size, 22 + 0xffff);
  const tail = await read(handle, size - tailLength, tailLength);
  const end = tail.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (end < 0) throw new Error("it is not a zip archive");
  const count = tail.readUInt16LE(end + 10);
  const directory = await read(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0, i = 0; i < count; i++) {
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString("utf8", at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new Error("it is cut off");
  return buffer;
}

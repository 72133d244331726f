/** Small helpers over files of an installation. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";

export async function sha256(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest("hex");
}

/** All files under a folder, as a manifest lists them. */
export async function listed(folder: string): Promise<{ path: string; bytes: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => !e.isDirectory()).map((e) => join(e.parentPath, e.name));
  return Promise.all(files.map(async (f) => ({ path: relative(folder, f), bytes: (await stat(f)).size })));
}

export async function bytesIn(folder: string): Promise<number> {
  return (await listed(folder).catch(() => [])).reduce((sum, f) => sum + f.bytes, 0);
}

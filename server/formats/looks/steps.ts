import { closeSync, openSync, readSync, statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { gunzipSync, constants } from "node:zlib";
import type { DataProfile, ProfileRequest } from "../../language/index.ts";
import { isGzip } from "../idx.ts";

/** A look in steps of some milliseconds: whoever runs it may do other things between them. Throws where the files are not what the source reads. */
export type Steps = (request: ProfileRequest) => Generator<void, DataProfile | undefined>;

/** How a source is looked at: at once, and in the background. */
export interface Look {
  readonly now: (request: ProfileRequest) => DataProfile | undefined;
  readonly later: (request: ProfileRequest) => Promise<DataProfile | undefined>;
}

export function inSteps(steps: Steps): Look {
  return {
    now(request) {
      const work = steps(request);
      for (;;) {
        const { done, value } = work.next();
        if (done) return value;
      }
    },
    async later(request) {
      const work = steps(request);
      for (;;) {
        const { done, value } = work.next();
        if (done) return value;
        await setImmediate();
      }
    },
  };
}

/** Numbers that are worked on between two steps. */
export const STEP = 1 << 17;

/** Of a compressed file: a step takes this much of it. */
const MOST_PACKED = 1 << 19;
const MOST_UNPACKED = 1 << 26;

export interface Start {
  readonly bytes: Buffer;
  /** They are all that the file holds. */
  readonly whole: boolean;
  /** Bytes on disk. */
  readonly size: number;
}

/** The bytes that a plain or gzipped file begins with: `most` of a plain one, fewer of one that is compressed. */
export function startOf(path: string, most: number): Start {
  const { size } = statSync(path);
  const file = openSync(path, "r");
  try {
    const read = (length: number): Buffer => {
      const bytes = Buffer.alloc(Math.min(size, length));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
    };
    if (!isGzip(read(2))) {
      const bytes = read(most);
      return { bytes, whole: bytes.length >= size, size };
    }
    const packed = read(MOST_PACKED);
    // What was packed is cut somewhere: what came out until there is true.
    const bytes = gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_UNPACKED });
    return { bytes, whole: packed.length >= size, size };
  } finally {
    closeSync(file);
  }
}

import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { TrainerError } from "../errors.ts";
import type { Chunk, Stored } from "./stored.ts";

/** Numbers that fit one Float32Array on every platform. */
const MOST_NUMBERS = 2 ** 30;
const LARGEST_BLOCK = 1 << 16;

/** Bytes that one store, or some together, hold in memory. */
export class Room {
  readonly bytes: number;
  held = 0;

  constructor(bytes: number) {
    this.bytes = Math.min(bytes, 4 * MOST_NUMBERS);
  }
}

/** Takes values one after another: in blocks, so that nothing is copied until the end, and into a file once its room is full. */
export class Store {
  length = 0;
  private readonly room: Room;
  readonly path: string;
  /** Numbers of a block. */
  private readonly block: number;
  private readonly blocks: Float32Array[] = [];
  private file: number | undefined;

  constructor(room: Room | number, path: string) {
    this.room = typeof room === "number" ? new Room(room) : room;
    this.path = path;
    this.block = Math.min(Math.max(Math.floor(this.room.bytes / 64), 256), LARGEST_BLOCK);
  }

  push(value: number): void {
    const at = this.length % this.block;
    if (at === 0) this.next();
    this.blocks[this.blocks.length - 1]![at] = value;
    this.length++;
  }

  pushAll(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) this.push(values[i]!);
  }

  take(width: number): Stored {
    const rows = width === 0 ? 0 : this.length / width;
    if (this.file !== undefined) {
      this.write();
      closeSync(this.file);
      return { kind: "file", path: this.path, width, rows, chunks: () => fileChunks(this.path, width, rows) };
    }
    const all = new Float32Array(this.length);
    let at = 0;
    for (let block = this.blocks.shift(); block; block = this.blocks.shift()) {
      all.set(block.subarray(0, Math.min(block.length, this.length - at)), at);
      at += block.length;
    }
    return { kind: "memory", x: all, width, rows };
  }

  /** After an error: nothing stays on disk. */
  discard(): void {
    if (this.file === undefined) return;
    closeSync(this.file);
    rmSync(this.path, { force: true });
    this.file = undefined;
  }

  private next(): void {
    if ((this.file !== undefined || this.room.held >= this.room.bytes) && this.blocks.length > 0) {
      try {
        mkdirSync(dirname(this.path), { recursive: true });
        this.file ??= openSync(this.path, "w");
      } catch (e) {
        throw notCached(this.path, e);
      }
      for (let block = this.blocks.shift(); block; block = this.blocks.shift()) {
        this.flush(block);
        this.room.held -= 4 * block.length;
      }
    }
    this.blocks.push(new Float32Array(this.block));
    this.room.held += 4 * this.block;
  }

  private write(): void {
    const rest = this.length % this.block;
    for (let block = this.blocks.shift(); block; block = this.blocks.shift()) this.flush(this.blocks.length === 0 && rest !== 0 ? block.subarray(0, rest) : block);
  }

  private flush(block: Float32Array): void {
    writeWhole(this.file!, this.path, block);
  }
}

export function writeWhole(file: number, path: string, values: Float32Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  } catch (e) {
    throw notCached(path, e);
  }
}

export function notCached(path: string, e: unknown): TrainerError {
  const { code, message } = e as NodeJS.ErrnoException;
  const why = code === "ENOSPC" ? "the disk is full" : message;
  return new TrainerError("data-cache", `The data is larger than memory = … allows, and can't be kept on disk at ${path}: ${why}. Make room, choose another folder for weights, or give memory a larger number.`, { file: path });
}

/** All rows of a file in order, some at a time: memory stays as it is. */
function* fileChunks(path: string, width: number, all: number): Generator<Chunk> {
  const atOnce = Math.max(1, Math.floor((1 << 18) / width));
  const file = openSync(path, "r");
  try {
    for (let from = 0; from < all; from += atOnce) {
      const rows = Math.min(atOnce, all - from);
      yield { from, rows, values: readFloats(file, from * width, rows * width) };
    }
  } finally {
    closeSync(file);
  }
}

export function readFloats(file: number, from: number, count: number): Float32Array {
  const values = new Float32Array(count);
  const bytes = new Uint8Array(values.buffer);
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(file, bytes, at, bytes.length - at, 4 * from + at);
    if (read === 0) throw new TrainerError("data-cache", "A file of cached rows has become shorter while it was read; run again.");
    at += read;
  }
  return values;
}

import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { notCached } from "../store.ts";
import { merged, type WordList } from "./words.ts";

/** Bytes that are read and written at once. */
const BYTES = 1 << 16;

/** Sorted runs of words in one file each, which become one list: an external merge sort, as exact as a sort in memory. */
export class WordRuns {
  private readonly path: string;
  private readonly paths: string[] = [];
  /** Numbers that words have been given: one and the same word may have one in each run. */
  private given = 0;

  constructor(path: string) {
    this.path = path;
  }

  get any(): boolean {
    return this.paths.length > 0;
  }

  /** Words and their numbers, which follow on those of the run before. */
  add(words: string[], numberOf: (word: string) => number): void {
    if (words.length === 0) return;
    const path = `${this.path}.run${this.paths.length}`;
    this.paths.push(path);
    const out = new Lines(path);
    for (const word of words.sort()) out.add(`${word} ${numberOf(word)}`);
    out.end();
    this.given += words.length;
  }

  /** All different words by letter, and for each number given the place of its word among them. */
  merge(): { readonly words: WordList; readonly places: Int32Array } {
    const places = new Int32Array(this.given);
    const out = new Lines(this.path);
    let count = 0;
    for (const [word, numbers] of merged(this.paths.map((path) => numbered(path)))) {
      out.add(word);
      for (const n of numbers) places[n] = count;
      count++;
    }
    out.end();
    for (const path of this.paths) rmSync(path, { force: true });
    this.paths.length = 0;
    const { path } = this;
    return { words: { length: count, path, [Symbol.iterator]: () => lines(path) }, places };
  }

  discard(): void {
    if (this.given > 0) for (const path of [...this.paths, this.path]) rmSync(path, { force: true });
  }
}

function* numbered(path: string): Generator<readonly [string, number], undefined> {
  for (const line of lines(path)) {
    const at = line.lastIndexOf(" ");
    yield [line.slice(0, at), Number(line.slice(at + 1))];
  }
}

/** Writes words, which have no line ends in them, a line each. */
class Lines {
  private readonly path: string;
  private readonly file: number;
  private waiting: string[] = [];
  private size = 0;

  constructor(path: string) {
    this.path = path;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.file = openSync(path, "w");
    } catch (e) {
      throw notCached(path, e);
    }
  }

  add(line: string): void {
    this.waiting.push(line);
    this.size += line.length + 1;
    if (this.size >= BYTES) this.write();
  }

  end(): void {
    this.write();
    closeSync(this.file);
  }

  private write(): void {
    const bytes = Buffer.from(this.waiting.map((l) => `${l}\n`).join(""));
    [this.waiting, this.size] = [[], 0];
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
    } catch (e) {
      ftruncateSync(this.file);
      closeSync(this.file);
      throw notCached(this.path, e);
    }
  }
}

function* lines(path: string): Generator<string, undefined> {
  const file = openSync(path, "r");
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.alloc(BYTES);
  try {
    let rest = "";
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      const found = (rest + decoder.write(buffer.subarray(0, read))).split("\n");
      rest = found.pop()!;
      yield* found;
    }
  } finally {
    closeSync(file);
  }
}

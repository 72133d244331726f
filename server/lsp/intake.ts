import { Transform, type TransformCallback } from "node:stream";
import { LONGEST_TEXT, type Undecoded } from "../language/index.ts";

/** A message of more bytes holds a text that is refused whatever it says: JSON takes at most six for a UTF-16 unit, and the rest is short. */
const HUGE = 6 * LONGEST_TEXT + 100_000;
/** A header, or what stands before a text in the message that opens it. */
const LONGEST_HEAD = 8_192;
const END_OF_HEADER = "\r\n\r\n";

/** What an editor says of a text that it opens; `kept`: the text stands in the intake. */
export interface Opening {
  readonly uri: string;
  readonly version: number;
  readonly languageId: string;
  readonly text: string;
  readonly kept?: number;
}

/**
 * The stream of an editor's messages (LSP, base protocol) as it came, but for one that opens a text which is refused for
 * its size: 50 MB take longer to come and to be decoded than all that is done with them. So its opening is told as soon as
 * its length is known, and the bytes stay here until somebody asks for the text.
 */
export class Intake extends Transform {
  private readonly texts = new Map<number, Undecoded>();
  private count = 0;
  /** Bytes that are left of the message which passes or is kept. */
  private left = 0;
  /** The parts of one that is kept. */
  private parts: Buffer[] | undefined;
  /** A beginning of which more must come before it is known what it is. */
  private begun: Buffer = Buffer.alloc(0);
  /** This is no stream of messages: the library that reads it says so. */
  private lost = false;

  /** Undefined where the message came as it was. The text is given once. */
  textOf({ kept }: Opening): Undecoded | undefined {
    const text = kept === undefined ? undefined : this.texts.get(kept);
    if (kept !== undefined) this.texts.delete(kept);
    return text;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.lost ? this.pass(rest) : this.left > 0 ? this.goOn(rest) : this.begin(rest);
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.begun.length > 0) this.pass(this.begun);
    done();
  }

  private pass(bytes: Buffer): Buffer {
    this.push(bytes);
    return bytes.subarray(bytes.length);
  }

  private goOn(bytes: Buffer): Buffer {
    const part = bytes.subarray(0, this.left);
    this.left -= part.length;
    if (this.parts) this.parts.push(part);
    else this.push(part);
    return bytes.subarray(part.length);
  }

  private begin(bytes: Buffer): Buffer {
    const all = this.begun.length === 0 ? bytes : Buffer.concat([this.begun, bytes]);
    this.begun = Buffer.alloc(0);
    const end = all.indexOf(END_OF_HEADER);
    const start = end + END_OF_HEADER.length;
    const length = end < 0 ? undefined : Number(/^content-length: *(\d+) *$/im.exec(all.toString("latin1", 0, end))?.[1]);
    if (length === undefined ? all.length > LONGEST_HEAD : !(length > 0)) {
      this.lost = true;
      return this.pass(all);
    }
    if (length === undefined || (length > HUGE && all.length < start + LONGEST_HEAD)) {
      this.begun = all;
      return bytes.subarray(bytes.length);
    }
    const opening = length > HUGE ? openingOf(all.toString("utf8", start, start + LONGEST_HEAD)) : undefined;
    this.left = length;
    this.parts = opening && [];
    if (opening) this.tell(opening, length, this.parts!);
    else this.push(all.subarray(0, start));
    return all.subarray(start);
  }

  /** In the place of the message that is kept. Whoever asks for its text has read a message behind it, when all parts are there. */
  private tell(opening: Opening, bytes: number, parts: readonly Buffer[]): void {
    const kept = this.count++;
    const decode = (): string => (JSON.parse(Buffer.concat(parts).toString("utf8")) as { params: { textDocument: { text: string } } }).params.textDocument.text;
    this.texts.set(kept, { bytes, decode });
    const textDocument: Opening = { ...opening, text: "", kept };
    const message = Buffer.from(JSON.stringify({ jsonrpc: "2.0", method: "textDocument/didOpen", params: { textDocument } }));
    this.push(Buffer.concat([Buffer.from(`Content-Length: ${message.length}${END_OF_HEADER}`), message]));
  }
}

/** Undefined where this is another message, or tells the text before the rest. */
function openingOf(head: string): Opening | undefined {
  const [before] = head.split(/"text" *: *"/, 1);
  if (before === undefined || before.length === head.length) return undefined;
  try {
    const { method, params } = JSON.parse(`${before}"text":""}}}`) as { method: string; params: { textDocument: Opening } };
    const { uri, version, languageId } = params.textDocument;
    return method === "textDocument/didOpen" && typeof uri === "string" && typeof version === "number" ? { uri, version, languageId, text: "" } : undefined;
  } catch {
    return undefined;
  }
}

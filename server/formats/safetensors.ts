/**
 * The safetensors format (github.com/huggingface/safetensors): 8 bytes with the header's length, a JSON header padded
 * by spaces, then the tensors' bytes. Reading trusts nothing: what it returns lies inside the file.
 */

export interface SafeTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface SafeTensors {
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

export class SafetensorsError extends Error {}

/** As the format's own reader limits it. */
const LONGEST_HEADER = 100_000_000;

/** The file in pieces, to be written one after another: the tensors are not copied. */
export function writeSafetensors({ tensors, metadata }: SafeTensors): Uint8Array[] {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [offset, (offset += data.byteLength)] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const start = new Uint8Array(8 + padded).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(padded), true);
  start.set(json, 8);
  return [start, ...[...tensors.values()].map(({ data }) => littleEndian(data))];
}

/** Throws a SafetensorsError that says what is wrong with the file. */
export function readSafetensors(bytes: Uint8Array): SafeTensors {
  const header = readHeader(bytes);
  const begin = 8 + header.length;
  const available = bytes.length - begin;
  let metadata: Readonly<Record<string, string>> = {};
  const found: { name: string; shape: number[]; from: number; to: number }[] = [];
  for (const [name, value] of Object.entries(header.json)) {
    if (name === "__metadata__") metadata = checkMetadata(value);
    else found.push({ name, ...checkEntry(name, value, available) });
  }
  found.sort((a, b) => a.from - b.from);
  let end = 0;
  const tensors = new Map<string, SafeTensor>();
  for (const { name, shape, from, to } of found) {
    if (from !== end) fail(`tensor ${name} begins at byte ${from} of the data, and the one before ends at ${end}`);
    end = to;
    // A copy: a Float32Array must begin at a multiple of 4.
    tensors.set(name, { shape, data: floats(bytes.slice(begin + from, begin + to)) });
  }
  if (end !== available) fail(`its tensors take ${end} bytes, and the file has ${available}; it may have been cut short`);
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { length: number; json: Record<string, unknown> } {
  if (bytes.length < 8) fail(`it has ${bytes.length} bytes, fewer than a header`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > LONGEST_HEADER || Number(length) > bytes.length - 8) fail(`its header claims ${length} bytes, and the file has ${bytes.length}`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + Number(length))));
  } catch {
    fail("its header is not JSON");
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) fail("its header is not a JSON object");
  return { length: Number(length), json: json as Record<string, unknown> };
}

function checkMetadata(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Object.values(value).some((v) => typeof v !== "string")) fail("its __metadata__ is not an object of texts");
  return value as Record<string, string>;
}

function checkEntry(name: string, value: unknown, available: number): { shape: number[]; from: number; to: number } {
  const entry = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  if (entry["dtype"] !== "F32") fail(`tensor ${name} is of type ${JSON.stringify(entry["dtype"])}, and F32 is read`);
  const whole = (list: unknown): list is number[] => Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  const { shape, data_offsets: offsets } = entry;
  if (!whole(shape)) fail(`tensor ${name} has no shape`);
  if (!whole(offsets) || offsets.length !== 2) fail(`tensor ${name} has no data_offsets`);
  const [from, to] = offsets as [number, number];
  if (from > to || to > available) fail(`tensor ${name} is said to lie at bytes ${from} to ${to} of ${available}`);
  const needed = shape.reduce((a, b) => a * b, 4);
  if (needed !== to - from) fail(`tensor ${name} of shape [${shape.join(", ")}] needs ${needed} bytes and has ${to - from}`);
  return { shape, from, to };
}

function fail(what: string): never {
  throw new SafetensorsError(`This is no whole safetensors file: ${what}.`);
}

const HOST_IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function littleEndian(data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return HOST_IS_LITTLE ? bytes : swapped(bytes);
}

/** `bytes` begins its own buffer. */
function floats(bytes: Uint8Array): Float32Array {
  const own = HOST_IS_LITTLE ? bytes : swapped(bytes);
  return new Float32Array(own.buffer as ArrayBuffer, own.byteOffset, own.byteLength / 4);
}

function swapped(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = bytes[i ^ 3]!;
  return out;
}

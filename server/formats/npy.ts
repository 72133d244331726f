/**
 * NumPy's .npy: versions 1 to 3 of its header, C and Fortran order, numbers of every width but float16, and booleans.
 * Format: numpy.lib.format, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 */

export interface NpyHeader {
  readonly shape: readonly number[];
  readonly fortran: boolean;
  readonly type: NpyType;
  /** Bytes before the first value. */
  readonly offset: number;
}

export interface NpyType {
  readonly kind: "f" | "i" | "u" | "b";
  /** Bytes of a value. */
  readonly size: 1 | 2 | 4 | 8;
  readonly little: boolean;
}

export class NpyError extends Error {}

/** Enough to say how long the header is. */
export const NPY_START = 12;
/** Longer headers are no array's. */
const LONGEST = 1 << 20;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Bytes up to the first value, from the first bytes of a file. Throws NpyError. */
export function npyOffset(start: Uint8Array): number {
  if (start.length < NPY_START || MAGIC.some((b, i) => start[i] !== b)) throw new NpyError("it does not begin as a .npy file does (numpy.save writes one; an archive, .npz, is source = npz(…))");
  const version = start[6]!;
  if (version < 1 || version > 3) throw new NpyError(`it is of version ${version} of the format, and 1 to 3 are known`);
  const view = new DataView(start.buffer, start.byteOffset);
  const offset = version === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  if (offset > LONGEST) throw new NpyError("its header is too long to be one");
  return offset;
}

/** `bytes` hold the header at least. Throws NpyError. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  const { descr, ...header } = headerOf(bytes);
  return { ...header, type: typeOf(descr) };
}

function headerOf(bytes: Uint8Array): Omit<NpyHeader, "type"> & { readonly descr: string } {
  const offset = npyOffset(bytes);
  if (bytes.length < offset) throw new NpyError("it ends within its header");
  const text = new TextDecoder(bytes[6]! >= 3 ? "utf-8" : "latin1").decode(bytes.subarray(bytes[6] === 1 ? 10 : 12, offset));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (descr === undefined) throw new NpyError("its values are records, and an array of plain numbers is read");
  if (order === undefined || shape === undefined) throw new NpyError("its header does not say order and shape");
  const sizes = shape.split(",").map((s) => s.trim().replace(/L$/, "")).filter((s) => s !== "");
  if (!sizes.every((s) => /^\d+$/.test(s))) throw new NpyError(`its shape (${shape}) is none`);
  return { shape: sizes.map(Number), fortran: order === "True", descr, offset };
}

function typeOf(descr: string): NpyType {
  const [, mark, kind, size] = /^([<>|=])([a-zA-Z])(\d+)$/.exec(descr) ?? [];
  const known = kind === "f" ? ["4", "8"] : kind === "i" || kind === "u" ? ["1", "2", "4", "8"] : kind === "b" ? ["1"] : [];
  if (!known.includes(size ?? "")) throw new NpyError(`its values are ${JSON.stringify(descr)}; save them as numbers: array.astype("float32")`);
  return { kind: kind as NpyType["kind"], size: Number(size) as NpyType["size"], little: mark !== ">" };
}

/** Texts of an array of words, [rows]; undefined where its values are numbers. Throws NpyError. */
export function npyTexts(bytes: Uint8Array): string[] | undefined {
  const { kind, width, offset, rows, little } = textsOf(bytes) ?? {};
  if (kind === undefined) return undefined;
  const needed = rows! * width!;
  if (bytes.length - offset! !== needed) throw new NpyError(`its shape (${rows}) needs ${needed} bytes of values, and it has ${bytes.length - offset!}`);
  return textsIn(bytes.subarray(offset), kind, width!, little!);
}

/** The same of the bytes that such an array begins with: as many texts as they hold, and how many there are. */
export function npyFirstTexts(bytes: Uint8Array): { readonly rows: number; readonly texts: string[] } | undefined {
  const found = textsOf(bytes);
  return found && { rows: found.rows, texts: textsIn(bytes.subarray(found.offset), found.kind, found.width, found.little) };
}

interface Texts {
  /** Code points of 4 bytes, or bytes. */
  readonly kind: "U" | "S";
  /** Bytes of a text. */
  readonly width: number;
  readonly little: boolean;
  readonly rows: number;
  readonly offset: number;
}

function textsOf(bytes: Uint8Array): Texts | undefined {
  const { descr, shape, offset } = headerOf(bytes);
  const [, mark, kind, length] = /^([<>|])([US])(\d+)$/.exec(descr) ?? [];
  if (kind === undefined) return undefined;
  if (shape.length !== 1) throw new NpyError(`its words are ${formatSizes(shape)}, and one a row is read`);
  return { kind: kind as Texts["kind"], width: Number(length) * (kind === "U" ? 4 : 1), little: mark !== ">", rows: shape[0]!, offset };
}

function textsIn(bytes: Uint8Array, kind: Texts["kind"], width: number, little: boolean): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const unit = kind === "U" ? 4 : 1;
  return Array.from({ length: width === 0 ? 0 : Math.floor(bytes.length / width) }, (_, i) => {
    const codes: number[] = [];
    for (let at = i * width; at < (i + 1) * width; at += unit) codes.push(kind === "U" ? view.getUint32(at, little) : view.getUint8(at));
    const points = codes.slice(0, codes.findLastIndex((c) => c !== 0) + 1);
    if (points.some((c) => c > 0x10ffff)) throw new NpyError(`text ${i + 1} is none`);
    return String.fromCodePoint(...points);
  });
}

const formatSizes = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** Reads one value at a byte of `view`; 64-bit integers to the nearest double. */
export function npyValue({ kind, size, little }: NpyType): (view: DataView, at: number) => number {
  if (kind === "f") return size === 4 ? (v, at) => v.getFloat32(at, little) : (v, at) => v.getFloat64(at, little);
  if (kind === "b") return (v, at) => (v.getUint8(at) !== 0 ? 1 : 0);
  const signed = kind === "i";
  switch (size) {
    case 1: return signed ? (v, at) => v.getInt8(at) : (v, at) => v.getUint8(at);
    case 2: return signed ? (v, at) => v.getInt16(at, little) : (v, at) => v.getUint16(at, little);
    case 4: return signed ? (v, at) => v.getInt32(at, little) : (v, at) => v.getUint32(at, little);
    case 8: return signed ? (v, at) => Number(v.getBigInt64(at, little)) : (v, at) => Number(v.getBigUint64(at, little));
  }
}

/** All values in C order, from the whole file. Throws NpyError. */
export function npyValues(bytes: Uint8Array): { shape: readonly number[]; values: Float64Array } {
  const header = readNpyHeader(bytes);
  const { shape, type, offset, fortran } = header;
  const count = shape.reduce((a, b) => a * b, 1);
  checkNpySize(header, bytes.length);
  const read = npyValue(type);
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset);
  const values = new Float64Array(count);
  const at = fortran ? fortranOrder(shape) : undefined;
  for (let i = 0; i < count; i++) values[at ? at(i) : i] = read(view, i * type.size);
  return { shape, values };
}

/** The file's length against the shape. Throws NpyError. */
export function checkNpySize({ shape, type, offset }: NpyHeader, bytes: number): void {
  const needed = shape.reduce((a, b) => a * b, 1) * type.size;
  if (bytes - offset !== needed) throw new NpyError(`its shape (${shape.join(", ")}) needs ${needed} bytes of values, and it has ${bytes - offset}`);
}

/** The place of the only 1 among a row's `width` values, the others being 0; undefined where the row is not so. */
export function hotAt(at: (i: number) => number, row: number, width: number): number | undefined {
  let hot: number | undefined;
  for (let k = 0; k < width; k++) {
    const value = at(row * width + k);
    if (value === 0) continue;
    if (value !== 1 || hot !== undefined) return undefined;
    hot = k;
  }
  return hot;
}

/** Place in C order of the i-th value of an array in Fortran order. */
function fortranOrder(shape: readonly number[]): (i: number) => number {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  return (i) => {
    let [left, at] = [i, 0];
    for (const [axis, size] of shape.entries()) {
      at += (left % size) * strides[axis]!;
      left = Math.floor(left / size);
    }
    return at;
  };
}

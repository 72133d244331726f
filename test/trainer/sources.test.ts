import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { encode } from "jpeg-js";
import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import { sources } from "../../server/language/index.ts";
import { fit } from "../../server/formats/images.ts";
import { readers } from "../../server/trainer/data/sources/index.ts";
import { prepared, problem, rowsOf } from "../kit/data.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

const ALL = "split = [1, 0, 0]";

test("every source of the language has its reader, and no reader is without one", () => {
  expect(Object.keys(readers).sort()).toEqual(Object.keys(sources).sort());
});

describe("idx", () => {
  /** Type code, sizes, and values as bytes. */
  const idx = (type: number, sizes: readonly number[], values: Buffer) => {
    const head = Buffer.alloc(4 + 4 * sizes.length);
    head.set([0, 0, type, sizes.length]);
    for (const [i, size] of sizes.entries()) head.writeUInt32BE(size, 4 + 4 * i);
    return Buffer.concat([head, values]);
  };
  const bytes = (size: number, write: (b: Buffer, value: number, at: number) => void, ...values: number[]) => {
    const all = Buffer.alloc(size * values.length);
    for (const [i, v] of values.entries()) write(all, v, size * i);
    return all;
  };
  const labels = idx(8, [2], Buffer.of(9, 4));
  const SETTINGS = `source = idx("i", labels = "l")\n${ALL}`;
  const IMAGE = { input: "[2, 2, 1]", end: "flatten\n  dense(2) -> softmax" };

  test("images get the channel axis that the model has; labels are classes in order", async () => {
    const { train, shape } = await prepared({ i: idx(8, [2, 2, 2], Buffer.of(0, 1, 2, 255, 4, 5, 6, 7)), l: labels }, SETTINGS, IMAGE);
    expect(shape).toEqual([2, 2, 1]);
    expect((await rowsOf(train)).sort((a, b) => a[0]! - b[0]!)).toEqual([[0, 1, 2, 255, 1], [4, 5, 6, 7, 0]]);
  });

  test("gzip, found by its first bytes", async () => {
    const { train } = await prepared({ i: gzipSync(idx(8, [2, 2, 2], Buffer.of(0, 1, 2, 3, 4, 5, 6, 7))), l: gzipSync(labels) }, SETTINGS, IMAGE);
    expect(train.rows).toBe(2);
  });

  test.each([
    [0x09, bytes(1, (b, v, at) => b.writeInt8(v, at), -3, 5)],
    [0x0b, bytes(2, (b, v, at) => b.writeInt16BE(v, at), -3, 5)],
    [0x0c, bytes(4, (b, v, at) => b.writeInt32BE(v, at), -3, 5)],
    [0x0d, bytes(4, (b, v, at) => b.writeFloatBE(v, at), -3, 5)],
    [0x0e, bytes(8, (b, v, at) => b.writeDoubleBE(v, at), -3, 5)],
  ])("values of type %i", async (type, values) => {
    const { train } = await prepared({ i: idx(type, [2, 1], values), l: labels }, SETTINGS, { input: "[1]" });
    expect((await rowsOf(train)).map((r) => r[0]).sort((a, b) => a! - b!)).toEqual([-3, 5]);
  });

  test.each([
    ["a wrong magic number", { i: Buffer.from("PK\u0003\u0004....") }, "00 00, a type"],
    ["a file that is cut off", { i: idx(8, [2, 2, 2], Buffer.of(0, 1, 2)) }, "has 3 values, and its sizes 2 × 2 × 2 say 8"],
    ["one that is too long", { i: idx(8, [2, 2, 2], Buffer.alloc(9)) }, "more values"],
    ["a header alone", { i: Buffer.of(0, 0, 8) }, "within its header"],
    ["labels instead of images", { i: labels }, "may be swapped"],
    ["another number of labels", { i: idx(8, [3, 2, 2], Buffer.alloc(12)) }, "has 2 labels, and"],
    ["broken gzip", { i: Buffer.concat([gzipSync(labels).subarray(0, 14), Buffer.alloc(9)]) }, "gzip"],
    ["not a number", { i: idx(0x0d, [2, 1], bytes(4, (b, v, at) => b.writeFloatBE(v, at), 1, NaN)) }, "NaN"],
    ["nothing", { i: idx(8, [0, 2, 2], Buffer.alloc(0)) }, "holds nothing"],
  ])("%s is said with the file", async (_what, files, says) => {
    const error = await problem({ l: labels, ...files }, SETTINGS, IMAGE);
    expect(error).toMatchObject({ code: expect.stringMatching(/^data-/) as string, file: expect.stringMatching(/\/[il]$/) as string });
    expect(error.message).toContain(says);
  });
});

describe("npy", () => {
  const npy = (name: string) => readFileSync(join(import.meta.dirname, `../fixtures/npy/${name}.npy`));
  const labels = npy("bool");

  test("rows, their shape, and labels; C and Fortran order alike", async () => {
    const { train, shape } = await prepared({ "x.npy": npy("fortran"), "y.npy": npyOf("|u1", "2,", Buffer.of(3, 1)) }, `source = npy("x.npy", labels = "y.npy")\n${ALL}`, { input: "[3, 4]", end: "flatten\n  dense(2) -> softmax" });
    expect(shape).toEqual([3, 4]);
    expect((await rowsOf(train)).sort((a, b) => a[0]! - b[0]!)).toEqual([[...Array(12).keys(), 1], [...Array(12).keys()].map((i) => i + 12).concat(0)]);
  });

  test("numbers are labels too", async () => {
    const { train } = await prepared({ "x.npy": npy("le_f8"), "y.npy": npyOf("<f4", "2,", Buffer.from(Float32Array.of(0.5, -2).buffer)) }, `source = npy("x.npy", labels = "y.npy")\n${ALL}`, { input: "[3]", end: "dense(1)" });
    expect((await rowsOf(train)).map((r) => r[3]).sort()).toEqual([-2, 0.5]);
  });

  test("one-hot rows are classes, as many as they have places; other rows of several values are refused", async () => {
    const hot = (values: number[], shape: string) => npyOf("<f4", shape, Buffer.from(Float32Array.from(values).buffer));
    const settings = `source = npy("x.npy", labels = "y.npy")\n${ALL}`;
    const options = { input: "[3]", end: "dense(3) -> softmax" };
    const { train } = await prepared({ "x.npy": npy("le_f8"), "y.npy": hot([0, 0, 1, 0, 1, 0], "2, 3") }, settings, options);
    expect((await rowsOf(train)).map((r) => r[3]).sort()).toEqual([1, 2]);
    expect(await problem({ "x.npy": npy("le_f8"), "y.npy": hot([0, 0.5, 0.5, 0, 1, 0], "2, 3") }, settings, options)).toMatchObject({ code: "data-malformed", message: expect.stringContaining("row 1 is not one 1 among zeros") as string });
    expect(await problem({ "x.npy": npy("le_f8"), "y.npy": hot([0, 0, 1, 0, 1, 0], "2, 3") }, settings, { input: "[3]", end: "dense(2) -> softmax" })).toMatchObject({ code: "data-classes", message: expect.stringContaining("3 classes") as string });
  });

  test("what is wrong names the file", async () => {
    expect(await problem({ "x.npy": npy("le_f4"), "y.npy": labels }, 'source = npy("x.npy", labels = "y.npy")', { input: "[3]" })).toMatchObject({ code: "data-malformed", message: expect.stringContaining("row 2 is not one 1 among zeros") as string });
    expect(await problem({ "x.npy": npy("le_f4"), "y.npy": npyOf("|u1", "3,", Buffer.of(0, 1, 0)) }, 'source = npy("x.npy", labels = "y.npy")', { input: "[3]" })).toMatchObject({ code: "data-malformed", message: expect.stringContaining("3 labels") as string });
    expect(await problem({ "x.npy": npy("half"), "y.npy": labels }, 'source = npy("x.npy", labels = "y.npy")')).toMatchObject({ code: "data-malformed", file: expect.stringContaining("x.npy") as string });
    expect(await problem({ "x.npy": "text" }, 'source = npy("x.npy", labels = "y.npy")')).toMatchObject({ code: "data-malformed" });
    expect(await problem({}, 'source = npy("none.npy", labels = "y.npy")')).toMatchObject({ code: "data-missing" });
  });

  function npyOf(descr: string, shape: string, values: Buffer): Buffer {
    const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`;
    const padded = `${text.padEnd(128 - 11)}\n`;
    const head = Buffer.alloc(10);
    head.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
    head.writeUInt16LE(padded.length, 8);
    return Buffer.concat([head, Buffer.from(padded, "latin1"), values]);
  }
});

describe("folder", () => {
  const png = (size: number, colour: readonly number[]) => {
    const image = new PNG({ width: size, height: size });
    for (let i = 0; i < size * size; i++) image.data.set(colour, 4 * i);
    return PNG.sync.write(image);
  };
  const jpeg = (grey: number) => encode({ width: 16, height: 8, data: Buffer.alloc(16 * 8 * 4, grey) }, 95).data;
  const END = "flatten\n  dense(2) -> softmax";

  test("classes by folder, PNG and JPEG by content, resized, colour and grey", async () => {
    const files = { "p/cats/1.png": png(3, [255, 0, 0, 255]), "p/cats/2.jpg": png(9, [0, 0, 255, 255]), "p/dogs/1.jpeg": jpeg(100), "p/dogs/notes.txt": "no image", "p/.hidden/x.png": "nothing" };
    const { train } = await prepared(files, `source = folder("p")\nshape = [2, 2, 3]\n${ALL}`, { input: "[2, 2, 3]", end: END });
    const rows = (await rowsOf(train)).sort((a, b) => b[0]! - a[0]!);
    expect(rows[0]).toEqual([...Array(4).fill([255, 0, 0]).flat() as number[], 0]);
    expect(rows[2]).toEqual([...Array(4).fill([0, 0, 255]).flat() as number[], 0]);
    expect(rows[1]!.slice(0, 12).every((v) => Math.abs(v - 100) <= 2)).toBe(true);
    expect(rows[1]![12]).toBe(1);
    const grey = await prepared(files, `source = folder("p")\nshape = [1, 1, 1]\n${ALL}`, { input: "[1, 1, 1]", end: END });
    expect((await rowsOf(grey.train)).map((r) => Math.round(r[0]!)).sort((a, b) => a - b)).toEqual([29, 76, 100]);
  });

  const truth = JSON.parse(readFileSync(join(import.meta.dirname, "../truth/resized-images.json"), "utf8")) as { image: number[]; resized: Record<string, number[]> };
  test.each(Object.entries(truth.resized))("resized to %s as TensorFlow does", (size, expected) => {
    const data = new Uint8Array(truth.image.length / 3 * 4).map((_, i) => (i % 4 === 3 ? 255 : truth.image[3 * Math.floor(i / 4) + (i % 4)]!));
    const [height, width] = size.split("x").map(Number) as [number, number];
    const found = fit({ height: 5, width: 4, data }, height, width, 3);
    expect(found.length).toBe(expected.length);
    for (const [i, v] of expected.entries()) expect(Math.abs(found[i]! - v)).toBeLessThan(1e-3);
  });

  test("a folder may be called as a missing value is", async () => {
    const { train } = await prepared({ "p/NA/1.png": png(3, [255, 0, 0, 255]), "p/null/1.png": png(3, [0, 0, 0, 255]) }, `source = folder("p")\nshape = [1, 1, 3]\n${ALL}`, { input: "[1, 1, 3]", end: END });
    expect((await rowsOf(train)).sort((a, b) => b[0]! - a[0]!)).toEqual([[255, 0, 0, 0], [0, 0, 0, 1]]);
  });

  test("what is wrong names the file or folder", async () => {
    const files = { "p/cats/1.png": png(3, [255, 0, 0, 255]), "p/dogs/1.jpg": "no image" };
    const settings = 'source = folder("p")\nshape = [2, 2, 3]';
    const options = { input: "[2, 2, 3]", end: END };
    expect(await problem(files, settings, options)).toMatchObject({ code: "data-malformed", file: expect.stringMatching(/dogs\/1\.jpg$/) as string });
    expect(await problem({ ...files, "p/dogs/1.jpg": png(4, [0, 0, 0, 255]).subarray(0, 60) }, settings, options)).toMatchObject({ code: "data-malformed", file: expect.stringMatching(/dogs\/1\.jpg$/) as string });
    expect(await problem({ "p/cats/1.png": png(3, [0, 0, 0, 255]), "p/dogs/x.txt": "" }, settings, options)).toMatchObject({ code: "data-empty", message: expect.stringContaining("dogs") as string });
    expect(await problem({ "p/1.png": "" }, settings, options)).toMatchObject({ code: "data-empty" });
    expect(await problem({}, settings, options)).toMatchObject({ code: "data-missing" });
    expect(await problem(files, 'source = folder("p")\nshape = [2, 2, 2]', { input: "[2, 2, 2]", end: END })).toMatchObject({ code: "file-has-errors", message: expect.stringContaining("channels being 1 (grey), 3 (colour) or 4") as string, line: 3 });
  });

  test("a run, and predictions of a folder and of one image", async () => {
    const folder = folderWith({ "m.nnet": `data d {\n  source = folder("p")\n  shape = [4, 4, 3]\n  normalize = standard\n}\nmodel M {\n  input x [4, 4, 3]\n  flatten\n  dense(2) -> softmax\n}\ntrain M on d {\n  optimizer = adam(lr = 0.05)\n  epochs = 10\n}\n` });
    for (const [name, colour] of [["night", 20], ["day", 220]] as const) {
      mkdirSync(join(folder, "p", name), { recursive: true });
      for (let i = 0; i < 20; i++) writeFileSync(join(folder, "p", name, `${i}.png`), png(4 + (i % 3), [colour + i, colour, colour - i, 255]));
    }
    const file = join(folder, "m.nnet");
    expect(errorOf(await run({ type: "train", file }))).toBeUndefined();
    const said = await run({ type: "predict", file, data: join(folder, "p/day") });
    expect(of(said, "prediction").map((p) => p.value)).toEqual(Array(20).fill("day"));
    expect(of(await run({ type: "predict", file, data: join(folder, "p/night/0.png") }), "prediction")).toMatchObject([{ row: 1, value: "night" }]);
  });
});

describe("generators", () => {
  const rows = async (source: string, options: Parameters<typeof prepared>[2] = {}) => rowsOf((await prepared({}, `source = ${source}\n${ALL}`, options)).train);
  const polar = ([x, y]: number[]): [number, number] => [Math.hypot(x!, y!), Math.atan2(y!, x!)];

  test("xor: the class says whether the signs agree", async () => {
    for (const [x, y, c] of await rows("xor")) expect(c).toBe(x! * y! >= 0 ? 1 : 0);
  });

  test("spirals: the angle grows with the radius, by arm", async () => {
    for (const row of await rows("spirals(noise = 0, classes = 3, turns = 0.5)", { end: "dense(3) -> softmax" })) {
      const [radius, angle] = polar(row);
      const turns = (angle / (2 * Math.PI) - 0.5 * radius - row[2]! / 3) % 1;
      expect(Math.abs(turns - Math.round(turns))).toBeLessThan(1e-5);
    }
  });

  test("circles and moons lie on their curves", async () => {
    for (const row of await rows("circles(noise = 0, factor = 0.3)")) expect(polar(row)[0]).toBeCloseTo(row[2] === 0 ? 0.3 : 1, 5);
    for (const [x, y, c] of await rows("moons(noise = 0)")) expect(c === 1 ? Math.hypot(x!, y!) : Math.hypot(1 - x!, 0.5 - y!)).toBeCloseTo(1, 5);
  });

  test("blobs: as many clouds as classes, each with the deviation that is asked for", async () => {
    const all = await rows("blobs(rows = 4000, noise = 0.25, classes = 4)", { end: "dense(4) -> softmax" });
    for (let c = 0; c < 4; c++) {
      const xs = all.filter((r) => r[2] === c).map((r) => r[0]! - 2 * Math.cos((Math.PI * c) / 2));
      expect(xs).toHaveLength(1000);
      expect(Math.abs(xs.reduce((a, b) => a + b) / 1000)).toBeLessThan(0.03);
      expect(Math.sqrt(xs.reduce((a, b) => a + b * b) / 1000)).toBeCloseTo(0.25, 1);
    }
  });

  test("sine: a number, off by noise alone", async () => {
    const all = await rows("sine(rows = 2000, noise = 0.2)", { input: "[1]", end: "dense(1)" });
    expect(Math.sqrt(all.reduce((sum, [x, y]) => sum + (y! - Math.sin(x!)) ** 2, 0) / 2000)).toBeCloseTo(0.2, 1);
  });

  test("stripes: constant along their direction", async () => {
    const at = (row: number[], y: number, x: number) => row[6 * y + x]!;
    for (const row of await rows("stripes(noise = 0, size = 6)", { input: "[6, 6, 1]", end: "flatten\n  dense(3) -> softmax" })) {
      expect(row[36] === 1 ? at(row, 2, 5) : row[36] === 2 ? at(row, 5, 2) : at(row, 0, 4)).toBeCloseTo(at(row, 2, 2), 5);
    }
  });

  test("the train block's seed gives the rows, or a seed of their own", async () => {
    const at = (source: string, seed: number) => rows(source, { seed });
    expect(await at("moons", 1)).toEqual(await at("moons", 1));
    expect(await at("moons", 1)).not.toEqual(await at("moons", 2));
    const sorted = async (seed: number) => (await at("moons(seed = 5)", seed)).map(String).sort();
    expect(await sorted(1)).toEqual(await sorted(2));
  });
});

describe("bytes of any kind are rows or an error with its file, never anything else", () => {
  const settings: Record<string, string> = {
    csv: 'source = csv("f")\nlabel = y',
    text: 'source = text("f", column = a)\nlabel = y',
    idx: 'source = idx("f", labels = "f")',
    npy: 'source = npy("f", labels = "f")',
  };
  const header = fc.constantFrom("a,b,y\n", "y;a\n", "\ufeffa,y\r\n", "\u0000\u0000\u0008\u0001\u0000\u0000\u0000\u0002", "\u0000\u0000\u000d\u0003\u00ff\u00ff\u00ff\u00ff", "");
  const body = fc.array(fc.constantFrom("1", ",", "\n", '"', "x", "NaN", ";", "\u0000", "é", "1e999", " ", "?", "0x1", "\t"), { maxLength: 40 }).map((parts) => parts.join(""));

  test.each(Object.keys(settings))("%s", async (name) => {
    const folder = folderWith({});
    await fc.assert(
      fc.asyncProperty(header, body, fc.uint8Array({ maxLength: 8 }), async (start, rest, end) => {
        const bytes = Buffer.concat([Buffer.from(start, name === "idx" ? "latin1" : "utf8"), Buffer.from(rest), Buffer.from(end)]);
        const error = await problem({ f: bytes }, settings[name]!, { folder, ...(name === "text" && { input: "int [N]", end: "embedding(20, 2)\n  global_max_pool\n  dense(2) -> softmax" }) });
        if (error.message !== "nothing is wrong" && !error.message.includes("Error: nothing is wrong")) expect(error.code).toMatch(/^data-/);
      }),
      { numRuns: 150, seed: 5 },
    );
  });
});

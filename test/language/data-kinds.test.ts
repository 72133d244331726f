import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { looking } from "../../server/cli/files.ts";
import { dataCard } from "../../server/features/support/cards.ts";
import { looks, profileLater, profileNow } from "../../server/formats/looks/index.ts";
import { analyse, type DataProfile, Document, fixesOf, sources } from "../../server/language/index.ts";
import { applyFix } from "../kit/fixture.ts";
import { idxOf, npyOf, pngOf } from "../kit/arrays.ts";
import { Folder } from "../kit/folder.ts";

const disk = await looking();

const folder = new Folder({});
afterAll(() => folder.delete());
let folders = 0;

/** A folder with these files, and a .nnet text in it. */
function placed(files: Readonly<Record<string, Buffer | string>>): string {
  const at = join(folder.path, String(folders++));
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(at, name)), { recursive: true });
    writeFileSync(join(at, name), bytes);
  }
  return join(at, "m.nnet");
}

const textOf = (data: string, model: string, train = ""): string => `data d {\n${data}\n}\nmodel M {\n${model}\n}\ntrain M on d { epochs = 40   early_stop = patience(5)${train} }\n`;

/** Codes of what is found, and that every fix cures it and brings nothing else. */
function found(path: string, text: string): string[] {
  const document = new Document(path, text, disk);
  const analysis = document.analysis();
  for (const finding of analysis.findings) {
    for (const fix of fixesOf(finding, analysis, document)) {
      const after = analyse(path, applyFix(text, fix), disk).findings.map((f) => f.code);
      expect(after.filter((c) => c === finding.code || !analysis.findings.some((f) => f.code === c)), fix.title).toEqual([]);
    }
  }
  return analysis.findings.map((f) => `${f.severity} ${f.code}`);
}

const message = (path: string, text: string, code: string): string => analyse(path, text, disk).findings.find((f) => f.code === code)!.message;

/** 6×6 pixels, 300 of them: bright ones where the row's class says so. */
const ROWS = 300;
const pixels = Uint8Array.from({ length: ROWS * 36 }, (_, i) => ((Math.floor(i / 36) % 3) * 12 <= i % 36 ? (i * 89) % 256 : 0));
const classes = (n: number): Uint8Array => Uint8Array.from({ length: ROWS }, (_, i) => i % n);
const CONV = (units: number): string => `input image [6, 6, 1]\nconv2d(4, 3) -> relu\nflatten\ndense(${units}) -> softmax`;

test("every source that reads files has its look, and every other makes its rows", () => {
  expect(Object.keys(looks).sort()).toEqual(Object.values(sources).filter((s) => !s.made).map((s) => s.name).sort());
});

describe.each([["plain", (b: Buffer) => b], ["gzip", (b: Buffer) => gzipSync(b)]] as const)("idx, %s", (_kind, packed) => {
  const path = placed({ images: packed(idxOf([ROWS, 6, 6], pixels)), labels: packed(idxOf([ROWS], classes(3))), uneven: packed(idxOf([ROWS], Uint8Array.from({ length: ROWS }, (_, i) => (i % 40 === 0 ? 1 : 0)))), few: packed(idxOf([3, 6, 6], pixels.subarray(0, 108))), "few-labels": packed(idxOf([3], Uint8Array.of(0, 1, 2))) });
  const data = 'source = idx("images", labels = "labels")';

  test("is looked at as it is: rows, classes, moments; in the background the same", async () => {
    const files = { images: join(dirname(path), "images"), labels: join(dirname(path), "labels") };
    const profile = profileNow({ source: "idx", files, args: {} })!;
    expect(profile).toMatchObject({ rows: ROWS, complete: true, total: ROWS, shape: [6, 6], label: { name: "labels", numeric: true } });
    expect([...profile.label!.values!]).toEqual([["0", 100], ["1", 100], ["2", 100]]);
    const [channel] = profile.columns;
    const mean = pixels.reduce((a, b) => a + b, 0) / pixels.length;
    const deviation = Math.sqrt(pixels.reduce((a, b) => a + (b - mean) ** 2, 0) / pixels.length);
    expect(channel).toMatchObject({ places: 36, numbers: { min: 0, max: 255, whole: true } });
    expect(channel!.numbers!.mean).toBeCloseTo(mean, 8);
    expect(channel!.numbers!.std).toBeCloseTo(deviation, 8);
    expect([...profile.first![1]!]).toEqual([...pixels.subarray(36, 72)]);
    expect(await profileLater({ source: "idx", files, args: {} })).toEqual(profile);
  });

  test("pixels as they are", () => {
    const text = textOf(data, CONV(3));
    expect(found(path, text)).toEqual(["warning features-unscaled"]);
    expect(message(path, text, "features-unscaled")).toContain(`from 0 to 255, their root mean square is`);
    expect(found(path, textOf(`${data}\nscale = 1 / 255`, CONV(3)))).toEqual([]);
    expect(found(path, textOf(`${data}\nnormalize = standard`, CONV(3)))).toEqual([]);
    expect(found(path, textOf(data, CONV(3).replace("conv2d", "rescaling(1 / 255) -> conv2d")))).toEqual([]);
  });

  test("tanh units that pixels saturate", () => {
    expect(found(path, textOf(data, CONV(3).replace("relu", "tanh"))).join()).toMatch(/features-unscaled/);
    expect(analyse(path, textOf(data, CONV(3).replace("relu", "tanh")), disk).findings.flatMap((f) => f.related ?? []).map((r) => r.message).join()).toMatch(/saturat|within 5 %/);
  });

  test("a learning rate against pixels as they are; weights against rows", () => {
    const codes = (settings: string, model: string, train: string): string[] => analyse(path, textOf(`${data}\n${settings}`, model).replace("   early_stop = patience(5)", train), disk).findings.map((f) => f.code);
    const wide = "input image [6, 6, 1]\nflatten\ndense(128) -> relu\ndense(3) -> softmax";
    expect(codes("", wide, "   optimizer = adam(lr = 0.05)").join()).toMatch(/learning-rate|features-unscaled/);
    expect(codes("scale = 1 / 255", wide, "")).toEqual(["parameters-against-rows"]);
    expect(codes("scale = 1 / 255", wide, "   early_stop = patience(5)")).toEqual([]);
    expect(codes("scale = 1 / 255", wide.replace("128", "16"), "")).toEqual([]);
  });

  test("outputs and rows that do not fit", () => {
    const scaled = `${data}\nscale = 1 / 255`;
    expect(found(path, textOf(scaled, CONV(10)))).toEqual(["error units-against-classes"]);
    expect(message(path, textOf(scaled, CONV(10)), "units-against-classes")).toContain(`labels has 3 classes (0, 1, 2; measured over 300 rows)`);
    expect(found(path, textOf(scaled, CONV(3).replace("[6, 6, 1]", "[8, 8, 1]")))).toEqual(["error row-shape"]);
    expect(found(path, textOf(scaled, CONV(3).replace("[6, 6, 1]", "[36]").replace("conv2d(4, 3)", "dense(4)")))).toEqual(["error row-shape"]);
    expect(found(path, textOf(`${scaled}\nshape = [36]`, CONV(3).replace("[6, 6, 1]", "[36]").replace("conv2d(4, 3)", "dense(4)")))).toEqual([]);
    expect(found(path, textOf(scaled, CONV(3).replace("[6, 6, 1]", "[6, 6]").replace("conv2d(4, 3)", "dense(4)")))).toEqual([]);
  });

  test("classes of very different sizes", () => {
    expect(found(path, textOf(`${data.replace('"labels"', '"uneven"')}\nscale = 1 / 255`, CONV(2)))).toEqual(["information class-imbalance"]);
    expect(message(path, textOf(`${data.replace('"labels"', '"uneven"')}\nscale = 1 / 255`, CONV(2)), "class-imbalance")).toContain("uneven is 0 in 292 rows and 1 in 8");
  });

  test("what is no such file is nothing", async () => {
    writeFileSync(join(dirname(path), "broken"), packed(Buffer.from("no array at all")));
    writeFileSync(join(dirname(path), "cut"), packed(idxOf([ROWS, 6, 6], pixels)).subarray(0, 9));
    for (const images of ["broken", "cut", "absent", "."]) {
      const request = { source: "idx", files: { images: join(dirname(path), images), labels: join(dirname(path), "labels") }, args: {} };
      expect(profileNow(request), images).toBeUndefined();
      expect(await profileLater(request), images).toBeUndefined();
    }
  });
});

test("sizes that no memory holds are not measured", () => {
  const path = placed({ "x.idx": idxOf([4, 60_000, 60_000], new Uint8Array(50)), "y.idx": idxOf([4], Uint8Array.of(0, 1, 0, 1)), "p/a/1.png": pngOf(2, 2, [1, 1, 1]), "p/b/1.png": pngOf(2, 2, [1, 1, 1]) });
  const profile = (data: string) => analyse(path, `data d {\n${data}\n}`, disk).datas[0]!.profile;
  expect(profile('source = idx("x.idx", labels = "y.idx")')).toMatchObject({ rows: 4, columns: [], shape: [60_000, 60_000] });
  expect(profile('source = folder("p")\nshape = [90000, 90000, 3]')).toMatchObject({ rows: 2, columns: [] });
  const bomb = placed({ "x.gz": gzipSync(Buffer.alloc(1 << 28)), "y.idx": idxOf([4], Uint8Array.of(0, 1, 0, 1)) });
  expect(analyse(bomb, 'data d {\nsource = idx("x.gz", labels = "y.idx")\n}', disk).datas[0]!.profile).toBeUndefined();
});

describe("npy", () => {
  const waves = Array.from({ length: 200 * 8 * 2 }, (_, i) => (i % 2 === 0 ? Math.sin(i) : 500 + 300 * Math.cos(i)));
  const path = placed({
    "waves.npy": npyOf([200, 8, 2], waves), "kinds.npy": npyOf([200], Array.from({ length: 200 }, (_, i) => i % 2), "<i8"),
    "levels.npy": npyOf([200], Array.from({ length: 200 }, (_, i) => i / 50)), "tokens.npy": npyOf([200, 5], Array.from({ length: 1000 }, (_, i) => i % 30), "<i8"),
  });
  const WAVES = 'source = npy("waves.npy", labels = "kinds.npy")';
  const MODEL = "input wave [8, 2]\nconv1d(4, 8) -> relu -> global_avg_pool\ndense(2) -> softmax";

  test("channels of very different sizes", () => {
    expect(found(path, textOf(WAVES, MODEL))).toEqual(["warning features-unscaled"]);
    expect(message(path, textOf(WAVES, MODEL), "features-unscaled")).toMatch(/deviations differ \d+ to 1 \(channel 2 2\d\d, channel 1 0\.7\d+\)/);
    expect(found(path, textOf(`${WAVES}\nnormalize = standard`, MODEL))).toEqual([]);
  });

  test("one-hot labels are classes", () => {
    const hot = placed({ "waves.npy": npyOf([200, 8, 2], waves), "hot.npy": npyOf([200, 3], Array.from({ length: 600 }, (_, i) => Number(i % 3 === Math.floor(i / 3) % 3))), "soft.npy": npyOf([200, 3], Array<number>(600).fill(1 / 3)) });
    const text = textOf(`${WAVES.replace("kinds", "hot")}\nnormalize = standard`, MODEL);
    expect(found(hot, text)).toEqual(["error units-against-classes"]);
    expect(message(hot, text, "units-against-classes")).toContain("hot.npy has 3 classes (0, 1, 2; measured over 200 rows)");
    expect(found(hot, text.replace("dense(2)", "dense(3)"))).toEqual([]);
    expect(analyse(hot, text.replace("hot.npy", "soft.npy"), disk).datas[0]!.profile).toBeUndefined();
  });

  test("labels that are numbers", () => {
    const levels = `${WAVES.replace("kinds", "levels")}\nnormalize = standard`;
    expect(found(path, textOf(levels, MODEL))).toEqual(["error loss-against-label"]);
    expect(found(path, textOf(levels, MODEL.replace("dense(2) -> softmax", "dense(1) -> sigmoid"), "   loss = mse"))).toEqual(["warning output-range"]);
    expect(found(path, textOf(levels, MODEL.replace("dense(2) -> softmax", "dense(1)")))).toEqual([]);
    expect(found(path, textOf(`${WAVES}\nnormalize = standard`, MODEL.replace("dense(2) -> softmax", "dense(1) -> sigmoid")))).toEqual([]);
  });

  test("rows of another shape", () => {
    expect(found(path, textOf(`${WAVES}\nnormalize = standard`, MODEL.replace("[8, 2]", "[4, 4]").replace("conv1d(4, 8)", "conv1d(4, 4)")))).toEqual(["error row-shape"]);
    expect(found(path, textOf(`${WAVES}\nnormalize = standard`, MODEL.replace("[8, 2]", "[N, 2]")))).toEqual([]);
  });

  test("indices past the embedding", () => {
    const tokens = WAVES.replace("waves", "tokens");
    const model = (n: number): string => `input words int [5]\nembedding(${n}, 4) -> flatten\ndense(2) -> softmax`;
    expect(found(path, textOf(tokens, model(20)))).toEqual(["error indices-against-embedding"]);
    expect(message(path, textOf(tokens, model(20)), "indices-against-embedding")).toContain("the largest index is 29 (measured over 200 rows)");
    expect(found(path, textOf(tokens, model(30)))).toEqual([]);
  });

  test("what a card says", () => {
    expect(dataCard(analyse(path, textOf(WAVES, MODEL), disk).datas[0])).toMatch(/200 rows \(counted\); `kinds\.npy`: 2 different values \(0 100, 1 100\); 16 features from -1 to 80\d/);
  });
});

describe("folder", () => {
  const path = placed(Object.fromEntries(["cats", "dogs", "birds"].flatMap((name, c) => Array.from({ length: 40 }, (_, i) => [`pets/${name}/${i}.png`, pngOf(5, 4, [60 * c, 200, (i * 6) % 256])]))));
  const data = 'source = folder("pets")\nshape = [4, 4, 3]';
  const model = (units: number): string => `input image [4, 4, 3]\nconv2d(4, 3) -> relu\nflatten\ndense(${units}) -> softmax`;

  test("classes are folders; some images are decoded", () => {
    const profile = analyse(path, textOf(data, model(3)), disk).datas[0]!.profile!;
    expect([...profile.label!.values!]).toEqual([["birds", 40], ["cats", 40], ["dogs", 40]]);
    expect(profile.columns.map((c) => c.numbers!.max)).toEqual([120, 200, 132]);
    expect(profile.columns[0]!.numbers!.mean).toBeCloseTo(60, 6);
    expect(profile).toMatchObject({ rows: 120, total: 120, complete: true, measured: 48 });
  });

  test("pixels as they are, and units", () => {
    expect(found(path, textOf(data, model(3)))).toEqual(["warning features-unscaled"]);
    expect(message(path, textOf(data, model(3)), "features-unscaled")).toContain("(measured over 48 rows)");
    const scaled = `${data}\nscale = 1 / 255`;
    expect(found(path, textOf(scaled, model(3)))).toEqual([]);
    expect(found(path, textOf(scaled, model(2)))).toEqual(["error units-against-classes"]);
    expect(message(path, textOf(scaled, model(2)), "units-against-classes")).toContain("pets has 3 classes (birds, cats, dogs; measured over 120 rows)");
  });

  test("classes by words are no numbers", () => {
    expect(found(path, textOf(`${data}\nscale = 1 / 255`, model(3).replace(" -> softmax", ""), "   loss = mse"))).toEqual(["warning loss-against-label"]);
  });
});

test("a column that says each row's part is none of the features that a check measures", () => {
  const line = (i: number, more: string): string => `${(0.1 * Math.sin(i)).toFixed(3)},${(0.1 * Math.cos(i)).toFixed(3)},${i % 2 === 0 ? "u" : "v"}${more}`;
  const rows = (part: (i: number) => string): string => Array.from({ length: 60 }, (_, i) => line(i, part(i))).join("\n");
  const path = placed({ "plain.csv": `a,b,y\n${rows(() => "")}`, "marked.csv": `a,b,y,part\n${rows((i) => (i % 5 === 0 ? ",test" : ",train"))}` });
  const noisy = (data: string): string => textOf(data, "input x [2]\ngaussian_noise(3)\ndense(8) -> tanh\ndense(2) -> softmax");
  expect(found(path, noisy('source = csv("plain.csv")\nlabel = y'))).toContain("warning dropout-rate");
  expect(found(path, noisy('source = csv("marked.csv")\nlabel = y\nsplit = part'))).toEqual(found(path, noisy('source = csv("plain.csv")\nlabel = y')));
});

describe("text", () => {
  const rows = Array.from({ length: 120 }, (_, i) => `word${i % 40} and other${i} words,${i % 2 === 0 ? "good" : "bad"}`);
  const path = placed({ "reviews.csv": ["review,opinion", ...rows].join("\n") });
  const data = 'source = text("reviews.csv")\nlabel = opinion';
  const model = (tokens: number, end = "dense(2) -> softmax"): string => `input words int [N]\nembedding(${tokens}, 4) -> global_avg_pool\n${end}`;

  test("the vocabulary against the embedding: what the split may leave out is no error", () => {
    // 162 words, of which 120 stand in one row each: 80 % of them are expected among the training rows, 138.
    expect(found(path, textOf(data, model(100)))).toEqual(["error indices-against-embedding"]);
    expect(message(path, textOf(data, model(100)), "indices-against-embedding")).toContain("about 140 indices");
    expect(found(path, textOf(data, model(140)))).toEqual([]);
    expect(found(path, textOf(data.replace('.csv"', '.csv", vocabulary = 100'), model(100)))).toEqual([]);
  });

  test("classes against units", () => expect(found(path, textOf(data, model(200, "dense(3) -> softmax")))).toEqual(["error units-against-classes"]));
  test("a column that is not there", () => expect(found(path, textOf(data.replace("= opinion", "= opinions"), model(200)))).toEqual(["error unknown-column"]));
  test("what a card says", () => expect(dataCard(analyse(path, textOf(data, model(200)), disk).datas[0])).toContain("162 different words, 4 to 4 in a row, 4 on average"));
});

describe("generators", () => {
  const path = placed({});
  const model = (units: number, end = "softmax"): string => `input point [2]\ndense(8) -> tanh\ndense(${units}) -> ${end}`;

  test.each(Object.values(sources).filter((s) => s.made).map((s) => s.name))("%s: what a look finds is what is made", (name) => {
    const profile = analyse(path, `data d { source = ${name}(rows = 500) }`).datas[0]!.profile as DataProfile;
    expect(profile).toMatchObject({ total: 500, label: { name } });
    expect(profile.columns.length).toBe(sources[name]!.shape!({ size: 8 }).reduce((a, b) => a * b, 1));
  });

  test("units against classes, loss against label", () => {
    expect(found(path, textOf("source = blobs(classes = 4)", model(3)))).toEqual(["error units-against-classes"]);
    expect(found(path, textOf("source = blobs(classes = 4)", model(4)))).toEqual([]);
    expect(found(path, textOf("source = xor()", model(1, "sigmoid")))).toEqual([]);
    expect(found(path, textOf("source = sine()", "input x [1]\ndense(8) -> tanh\ndense(3) -> softmax"))).toEqual(["error loss-against-label"]);
    expect(found(path, textOf("source = sine()", "input x [1]\ndense(8) -> tanh\ndense(1) -> sigmoid", "   loss = mse"))).toEqual(["warning output-range"]);
    expect(found(path, textOf("source = sine()", "input x [1]\ndense(8) -> tanh\ndense(1)"))).toEqual([]);
  });
});

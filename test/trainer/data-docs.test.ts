import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import { analyse, sources } from "../../server/language/index.ts";
import { npyOf, npyWords, npzOf } from "../kit/arrays.ts";
import { errorOf, folderWith, of, run } from "../kit/training.ts";

/** docs/data.md: every example is checked and trained, on the files that the page shows or describes. */
const page = readFileSync(join(import.meta.dirname, "../../docs/data.md"), "utf8");
const files: Readonly<Record<string, string | Uint8Array>> = {
  ...Object.fromEntries([...page.matchAll(/```csv (\S+)\n([\s\S]*?)```/g)].map(([, name, text]) => [name!, text!])),
  "train-images-idx3-ubyte.gz": Buffer.concat([Buffer.of(0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 28, 0, 0, 0, 28), Buffer.alloc(20 * 784, 7)]),
  "train-labels-idx1-ubyte.gz": Buffer.from([0, 0, 8, 1, 0, 0, 0, 20, ...Array.from({ length: 20 }, (_, i) => i % 10)]),
  "waves.npy": npy("<f4", "20, 16, 2", Buffer.from(Float32Array.from({ length: 640 }, (_, i) => Math.sin(i)).buffer)),
  "kinds.npy": npy("|u1", "20,", Buffer.from(Array.from({ length: 20 }, (_, i) => i % 2))),
  ...Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`sounds/${i}.npy`, npy("<f4", "16, 2", Buffer.from(Float32Array.from({ length: 32 }, (_, k) => Math.cos(i + k)).buffer))])),
  "clips.npz": npzOf({
    picture: npyOf([6, 16, 16, 3], Array.from({ length: 6 * 768 }, (_, i) => Math.sin(i))),
    sound: npyOf([6, 16, 2], Array.from({ length: 192 }, (_, i) => Math.cos(i))),
    words: npyOf([6, 6], Array.from({ length: 36 }, (_, i) => (i * 7) % 50), "<i8"),
    weight: npyOf([6], [12.5, 4.1, 30, 3.8, 8.2, 5]),
    animal: npyWords(["dog", "cat", "dog", "cat", "dog", "cat"]),
  }),
  ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`pets/${i % 2 ? "cats" : "dogs"}/${i}.png`, PNG.sync.write(new PNG({ width: 5 + i, height: 9 }))])),
};

describe("docs/data.md", () => {
  const examples = [...page.matchAll(/```nnet\n([\s\S]*?)```/g)].map(([, text]) => text!);
  test.each(examples.map((text) => [/data (\w+)/.exec(text)![1]!, text]))("%s: nothing to report, and it trains", async (_name, text) => {
    expect(analyse("/m.nnet", text).findings.filter((f) => f.severity === "error" || f.severity === "warning").map((f) => f.message)).toEqual([]);
    const folder = folderWith({ "m.nnet": text });
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const events = await run({ type: "train", file: join(folder, "m.nnet") });
    expect(errorOf(events)).toBeUndefined();
    expect(of(events, "end")[0]!.reason).toBe("completed");
  });

  test("every source is in its table", () => {
    const table = page.split("\n").filter((l) => l.startsWith("| `")).join("\n");
    for (const name of Object.keys(sources)) expect(table).toMatch(new RegExp(`\`${name}[\`(]`));
  });
});

function npy(descr: string, shape: string, values: Buffer): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`;
  const head = Buffer.alloc(10);
  head.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  head.writeUInt16LE(118, 8);
  return Buffer.concat([head, Buffer.from(`${text.padEnd(117)}\n`, "latin1"), values]);
}

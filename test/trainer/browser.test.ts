import { beforeAll, expect, test } from "vitest";
import { bundleForBrowser } from "../kit/browser.ts";

/** test/editor/browser.mjs trains with it in a real browser. */
let made: Awaited<ReturnType<typeof bundleForBrowser>>;
beforeAll(async () => {
  made = await bundleForBrowser();
});

test("the trainer's worker for a browser needs no module of Node", () => {
  const { inputs, outputs } = made.metafile;
  const outside = Object.entries(inputs).flatMap(([file, { imports }]) => imports.filter((i) => i.external || i.path.startsWith("node:")).map((i) => `${file}: ${i.path}`));
  expect([...outside, ...Object.values(outputs).flatMap((o) => o.imports.map((i) => i.path))]).toEqual([]);
  // tfjs-core asks for some where it runs in Node, and names none of them for browsers; our own files ask for none.
  const disabled = Object.entries(inputs).filter(([file, { imports }]) => file.startsWith("server/") && imports.some((i) => i.path.startsWith("(disabled):")));
  expect(disabled.map(([file]) => file)).toEqual([]);
});

test("it is the loop, the data's preparation and the engine of `nnet train`", () => {
  expect(Object.keys(made.metafile.inputs)).toEqual(expect.arrayContaining(["loop.ts", "data/dataset.ts", "engines/tfjs/session.ts", "errors.ts"].map((f) => `server/trainer/${f}`)));
});

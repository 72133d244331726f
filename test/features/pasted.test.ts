import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fixAll } from "../../server/features/support/fix-all.ts";
import { analyse, Document } from "../../server/language/index.ts";
import { bare } from "../kit/fixture.ts";
import { ask } from "../kit/markers.ts";

const models = bare(readFileSync(join(import.meta.dirname, "../fixtures/recovery/pasted.nnet"), "utf8")).split(/\n(?=model |\/\/\/ )/);
const model = (name: string) => models.find((m) => m.includes(`model ${name} {`))!;
const mended = (text: string) => fixAll(new Document("/pasted.nnet", text)) ?? text;

/** Parameters as Keras counts them; of PyTorch's model its parameters and running statistics. */
const COUNTS = [["Added", 216_650], ["Listed", 18_442], ["Applied", 778], ["Torch", 16_106], ["Sequences", 29_265]] as const;

/** As `count_params()` counts them; of PyTorch's modules their parameters and running statistics. */
const SCRIPTS = [["added.keras", 370_305], ["dropouts.torch", 1_199_882], ["functional.keras", 54_410], ["pooled.torch", 20_170], ["sequential.keras", 34_826], ["stack.torch", 669_706], ["tutorial.torch", 62_006]] as const;
const script = (name: string) => readFileSync(join(import.meta.dirname, `../fixtures/scripts/${name}.py`), "utf8");

describe("a whole script of Keras or PyTorch", () => {
  test.each(SCRIPTS)("%s becomes the model that it defines", (name, params) => {
    expect(analyse("/pasted.nnet", script(name)).findings.filter((f) => f.message.startsWith("this is Python")).length).toBe(1);
    const text = mended(script(name));
    const { findings, models: [only] } = analyse("/pasted.nnet", text);
    expect(findings.filter((f) => f.severity === "error").map((f) => f.message)).toEqual([]);
    expect(only!.model.totals.params).toBe(params);
  });

  test("of which PyTorch says no size of the image: the one that gives what Linear takes, and why", () => {
    expect(mended(script("tutorial.torch"))).toContain("model Net {\n  input x [32, 32, 3]  // PyTorch does not say it: of 32×32, flatten gives 16 * 5 * 5\n  conv2d(6, 5) -> relu\n");
    expect(mended(script("pooled.torch"))).toContain("input x [H, W, 3]\n");
  });

  test("what is no part of a model stays as a comment", () => {
    expect(mended(script("sequential.keras"))).toContain('// model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])\n');
    expect(mended(script("added.keras"))).toMatch(/^\/\/ Reviews, from both ends\.\n/);
  });

  test("whose layers branch is left alone", () => {
    const document = new Document("/pasted.nnet", script("residual.torch"));
    expect(document.analysis().findings.map((f) => f.code)).toEqual(["statement-outside-model"]);
    expect(fixAll(document)).toBeUndefined();
  });
});

describe("source.fixAll over what was pasted from Keras and PyTorch", () => {
  test.each(COUNTS)("%s becomes a model that checks", (name, params) => {
    const text = mended(model(name));
    const { findings, models: [only] } = analyse("/pasted.nnet", text);
    expect(findings.filter((f) => f.severity === "error").map((f) => f.message)).toEqual([]);
    expect(only!.model.totals.params).toBe(params);
    expect(mended(text)).toBe(text);
  });

  test("nothing that somebody wrote is lost: what is around the layers becomes a comment, and comments stay", () => {
    const text = mended("model M {\n  model = Sequential()\n  model.add(Dense(8, activation='relu', input_shape=(4,)))  # hidden\n  model.add(Dense(2, activation='softmax'))  // scores\n  model.compile(loss='mse')\n}\n");
    expect(text).toBe("model M {\n  // model = Sequential()\n  input x [4]\n  dense(8) -> relu  // hidden\n  dense(2) -> softmax  // scores\n  // model.compile(loss='mse')\n}\n");
  });

  test("a block of one's own that is called as a class of Keras stays what it is", () => {
    const text = "block Dense(n, act = relu) {\n  dense(n) -> act\n}\n\nmodel M {\n  input x [4]\n  Dense(8) -> Dense(3, act = tanh)\n}\n";
    expect(analyse("/own.nnet", text).findings.filter((f) => f.severity === "error")).toEqual([]);
  });
});

const recovery = join(import.meta.dirname, "../fixtures/recovery");

test.each(readdirSync(recovery))("semantic tokens of %s stand one behind another, within their lines", (name) => {
  const text = bare(readFileSync(join(recovery, name), "utf8"));
  const lines = text.split("\n");
  const { data } = ask("textDocument/semanticTokens/full", text, {})! as { data: number[] };
  let [line, start, end] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 5) {
    const [down, across, length] = data.slice(i, i + 3) as [number, number, number];
    line += down;
    [start, end] = down > 0 ? [across, 0] : [start + across, end];
    expect(start, lines[line]).toBeGreaterThanOrEqual(end);
    end = start + length;
    expect(end, lines[line]).toBeLessThanOrEqual(lines[line]!.length);
  }
});

import { describe, expect, test } from "vitest";
import { analyse, type Model } from "../../server/language/index.ts";
import { goOn, leaveOff, Probe, probeOf, propagate } from "../../server/language/signal/index.ts";
import { measure } from "../../bench/findings/measure.mjs";
import { Meanwhile } from "../../server/lsp/meanwhile.ts";

const modelOf = (body: string): Model => analyse("/n.nnet", `model M {\n${body}\n}`).models[0]!.model;
const last = (model: Model) => model.nodes[model.nodes.length - 1]!;

/** Works to the end; gives how often it was asked. */
function completed(probe: Probe, part = 300_000): number {
  let parts = 0;
  for (; !probe.over; parts++) probe.complete(part);
  return parts;
}

const NETWORKS: Readonly<Record<string, string>> = {
  relu: "input x [128]\nrepeat 5 { dense(128, init = he_normal) -> relu }\ndense(10) -> softmax",
  tanh: "input x [128]\nrepeat 5 { dense(128) -> tanh }\ndense(10) -> softmax",
  sigmoid: "input x [128]\nrepeat 4 { dense(128) -> sigmoid }\ndense(10) -> softmax",
  convolution: "input x [12, 12, 3]\nconv2d(32, 3) -> tanh\navg_pool2d(2)\nconv2d(48, 3) -> tanh\nflatten\ndense(10) -> softmax",
  "layer norm": "input x [128]\nrepeat 5 { dense(128) -> layer_norm -> relu }\ndense(10) -> softmax",
};

describe("a probe", () => {
  test.each(Object.entries(NETWORKS))("of a network that theory knows agrees with it: %s", (_name, body) => {
    const model = modelOf(body);
    const [p, probe] = [propagate(model), new Probe(model)];
    completed(probe);
    const [first, end] = [p.kernels[0]!, p.kernels[p.kernels.length - 1]!];
    const ratio = probe.kernelGradient(first.node, first.key)! / probe.kernelGradient(end.node, end.key)!;
    expect(Math.abs(Math.log(ratio / (first.rms / end.rms)))).toBeLessThan(0.35);
    // Not the ratio alone: where the loss takes it up it is as large.
    expect(Math.abs(Math.log(probe.kernelGradient(end.node, end.key)! / end.rms))).toBeLessThan(0.3);
    const into = end.node.inputs[0]!;
    expect(Math.abs(Math.log(probe.at(model.nodes[into]!)!.square / p.signals.at(into)!.square))).toBeLessThan(0.35);
  });

  // The whole table is bench/README.md's: npm run bench -- signal.
  test.each([
    ["lstm", "input x [8, 16]\nlstm(32, sequences = true)\nlstm(32)\ndense(10) -> softmax"],
    ["attention", "input x [8, 32]\nattention(4)\nglobal_avg_pool\ndense(10) -> softmax"],
    ["maxout", "input x [64]\nrepeat 3 { maximum { dense(64) } { dense(64) } }\ndense(10) -> softmax"],
  ])("of a network past theory agrees with what the portable engine measures: %s", async (_name, body) => {
    const model = modelOf(body);
    const probe = new Probe(model);
    completed(probe);
    const measured = await measure(model, { rows: 8, seeds: 8 });
    const { kernels } = propagate(model);
    const [first, end] = [kernels[0]!, kernels[kernels.length - 1]!];
    const truth = ({ node, key }: typeof first): number => Math.sqrt(measured.gradients.get(node.weights.find((w) => w.key === key)!.name)!);
    const ratio = probe.kernelGradient(first.node, first.key)! / probe.kernelGradient(end.node, end.key)!;
    expect(Math.abs(Math.log(ratio / (truth(first) / truth(end))))).toBeLessThan(0.35);
    const into = end.node.inputs[0]!;
    expect(Math.abs(Math.log(probe.at(model.nodes[into]!)!.square / measured.moments[into]!.square))).toBeLessThan(0.35);
  });

  test("in parts, or at once, of the same graph, it finds the same", () => {
    const [a, b] = [0, 1].map(() => modelOf("input x [12, 8]\nlstm(16)\ndense(3) -> softmax"));
    const [p, q] = [new Probe(a!), new Probe(b!)];
    expect(completed(p, 1_000)).toBeGreaterThan(completed(q, 1e9));
    for (const [i, node] of a!.nodes.entries()) {
      expect(p.at(node)).toEqual(q.at(b!.nodes[i]!));
      expect(p.gradientAt(node)).toBe(q.gradientAt(b!.nodes[i]!));
    }
    expect(p.gradientAt(a!.nodes[1]!)).toBeGreaterThan(0);
  });

  test("of a network past its bound it ends, with what it has", () => {
    const model = modelOf("input x [64, 64, 3]\nrepeat 30 { conv2d(64, 3, padding = same) -> batch_norm -> relu }\nglobal_avg_pool\ndense(10) -> softmax");
    const probe = new Probe(model);
    expect(completed(probe)).toBeLessThan(400);
    expect(probe.gradientAt(last(model))).toBeUndefined();
  });

  test("goes on meanwhile, once, and stops when it is told to", async () => {
    leaveOff();
    const model = modelOf("input x [16, 32]\nattention(4)\nlstm(24)\ndense(10) -> softmax");
    const probe = probeOf(model);
    let [slices, ends] = [0, 0];
    const work = new Meanwhile(() => (slices++, goOn(100_000)), () => ends++, (cause) => expect.unreachable(String(cause)));
    work.soon();
    work.stop();
    await new Promise((done) => setTimeout(done, 500));
    expect([slices, probe.over]).toEqual([0, false]);
    work.soon();
    await expect.poll(() => ends).toBe(1);
    expect(probe.over).toBe(true);
    expect(slices).toBeGreaterThan(2);
    expect(probe.gradientAt(model.nodes[1]!)).toBeGreaterThan(0);
    expect(probeOf(model)).toBe(probe);
    // Nothing is left: whoever listens is not told again.
    work.soon();
    await new Promise((done) => setTimeout(done, 500));
    expect(ends).toBe(1);
  });
});

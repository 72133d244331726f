import type { Model, Node } from "../graph/graph.ts";
import { initializerOf } from "../layers/initializers.ts";
import { type CheckFinding, defineCheck } from "./define.ts";
import { setArgument } from "./fixes.ts";
import { consumersOf, kernelOf, RECTIFIERS, TRANSPARENT } from "./graph.ts";

/**
 * Constant kernels. Units that start equal and feed equal weights forward get equal gradients and stay equal for good;
 * zeros before a ReLU get no gradient at all (its derivative at 0 is 0). Both make training fail: error. A constant
 * layer between random ones breaks its symmetry at the first step: measured, 48 tanh units from zeros reach the accuracy
 * of random ones; information. Goodfellow, Bengio, Courville 2016, section 8.4.
 * Guards: one unit; frozen weights; the last layer (softmax regression starts at zeros); the last of a residual branch,
 * where zeros are a known trick (Goyal et al. 2017).
 */
export const constantInit = defineCheck({
  code: "constant-init",
  explains: ["dead-relu"],
  *model(model) {
    const consumers = consumersOf(model);
    for (const node of model.nodes) {
      const finding = inspect(model, node, consumers);
      if (finding) yield finding;
    }
  },
});

function constantOf(node: Node): number | undefined {
  const kernel = kernelOf(node);
  if (!kernel?.spec.trainable) return undefined;
  const { name, args } = kernel.spec.init;
  if (name === "zeros") return 0;
  const { mean } = initializerOf(name);
  return mean ? mean(args) : undefined;
}

function inspect(model: Model, node: Node, consumers: readonly (readonly number[])[]): CheckFinding | undefined {
  const value = constantOf(node);
  const units = (kernelOf(node)?.spec.shape.at(-1) as number | undefined) ?? 1;
  if (value === undefined || units < 2) return undefined;
  const { through, next } = follow(model, node, consumers);
  // What the loss sees itself gets a gradient of its own for each unit.
  if (next.length === 0) return undefined;
  if (next.some((n) => n.layer?.family === "merging")) return undefined;
  const healthy = through.some((n) => RECTIFIERS.has(n.layer!.name)) ? "he_normal" : "glorot_uniform";
  const fixes = [setArgument(node, "init", healthy, `Start from ${healthy}`)];
  const name = node.layer!.name;
  const bias = node.weights.find((w) => w.key === "bias");
  const offset = bias ? (initializerOf(bias.spec.init.name).mean?.(bias.spec.init.args) ?? (bias.spec.init.name === "zeros" ? 0 : undefined)) : 0;
  if (value === 0 && offset === 0 && through.some((n) => RECTIFIERS.has(n.layer!.name))) {
    return {
      code: "constant-init", severity: "error", site: node.site, about: [node.id], fixes,
      message: `${name} starts at zeros before a ReLU: all ${units} units give 0, where the ReLU's gradient is 0, so neither it nor any layer before it ever learns (derived); start from ${healthy}`,
    };
  }
  const constantNext = next.filter((n) => constantOf(n) !== undefined);
  if (constantNext.length === next.length) {
    return {
      code: "constant-init", severity: "error", site: node.site, about: [node.id], fixes,
      message: `all ${units} units of ${name} start equal (${value}) and feed equal weights forward: they get equal gradients and stay one unit for good (derived); start from ${healthy}`,
      related: constantNext.map((n) => ({ site: n.site, message: `${n.layer!.name} starts constant too` })),
    };
  }
  return {
    code: "constant-init", severity: "information", site: node.site, about: [node.id], fixes,
    message: `all ${units} units of ${name} start equal (${value}); the random weights after it tell them apart at the first step, but ${healthy} is the usual start`,
  };
}

/** The next layers with kernels or merges, and what lies between. */
function follow(model: Model, node: Node, consumers: readonly (readonly number[])[]): { through: Node[]; next: Node[] } {
  const through: Node[] = [];
  const next: Node[] = [];
  const queue = [...consumers[node.id]!];
  while (queue.length > 0) {
    const at = model.nodes[queue.pop()!]!;
    if (!at.layer) continue;
    if (kernelOf(at) || at.layer.family === "merging" || at.layer.family === "sequence") next.push(at);
    else {
      through.push(at);
      if (at.layer.activation || TRANSPARENT.has(at.layer.name) || at.layer.family === "normalization") queue.push(...consumers[at.id]!);
    }
  }
  return { through, next };
}

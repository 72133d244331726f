import type { Model, Node } from "../graph/graph.ts";
import { initializerOf } from "../layers/initializers.ts";
import { type CheckFinding, defineCheck } from "./define.ts";
import { argumentEdit, setArgument } from "./fixes.ts";
import { kernelOf, readersOf, RECTIFIERS, TRANSPARENT, unavoidable } from "./graph.ts";

/**
 * Constant kernels. Units that start equal and feed equal weights forward get equal gradients and stay equal for good;
 * zeros before a ReLU get no gradient at all (its derivative at 0 is 0). Both make training fail: error. A constant
 * layer between random ones breaks its symmetry at the first step: measured, 48 tanh units from zeros reach the accuracy
 * of random ones; information. Goodfellow, Bengio, Courville 2016, section 8.4.
 * Frozen, constant weights stay what they are: from zeros a layer that every way passes gives the same for every input
 * (error), and from another value all its units are one (warning).
 * A recurrent layer from constants drives its state to the limits of tanh (warning): its units are one, whose state each
 * step multiplies by units·value.
 * Guards: one unit; the last layer (softmax regression starts at zeros); the last of a residual branch, where zeros are a
 * known trick (Goyal et al. 2017); windows that each channel has of its own, which see different channels (depthwise).
 */
export const constantInit = defineCheck({
  code: "constant-init",
  explains: ["dead-relu", "saturated-units", "scores-alike"],
  *model(model) {
    for (const node of model.nodes) {
      if (node.weights.length === 0) continue;
      const finding = inspect(model, node);
      if (finding) yield finding;
    }
  },
});

/** The kernel, or a table that stays as it is. */
const mainOf = (node: Node) => kernelOf(node) ?? node.weights.find((w) => w.key === "table" && !w.spec.trainable);

function constantOf(node: Node): number | undefined {
  const kernel = mainOf(node);
  if (!kernel) return undefined;
  const { name, args } = kernel.spec.init;
  if (name === "zeros") return 0;
  const { mean } = initializerOf(name);
  return mean ? mean(args) : undefined;
}

function inspect(model: Model, node: Node): CheckFinding | undefined {
  const value = constantOf(node);
  const units = (node.type?.shape.at(-1) as number | undefined) ?? 1;
  if (value === undefined || units < 2) return undefined;
  const { through, next } = follow(model, node);
  const apart = node.layer!.kind === "depthwise_conv";
  if (!mainOf(node)!.spec.trainable) return frozen(model, node, value, units, apart, through);
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
  if (apart) return undefined;
  const driven = value !== 0 && node.layer!.family === "sequence" ? drive(node, value) : undefined;
  if (driven) {
    return {
      code: "constant-init", severity: "warning", site: node.site, about: [node.id],
      message: `all units of ${name} start equal (${value}), and ${driven}: tanh is at its limits, where hardly any gradient passes; start from glorot_uniform${node.args["recurrent_init"] ? ", and orthogonal for the state" : ""}`,
      fixes: [{ title: "Start from glorot_uniform, and orthogonal for the state", edits: [argumentEdit(node, "init", "glorot_uniform"), ...(written(node, "recurrent_init") ? [argumentEdit(node, "recurrent_init", "orthogonal")] : [])] }],
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

/** What drives the state of a recurrent layer with constant kernels to its limits: more than half of z past ±1.83 at the first step, or a state that grows. */
function drive(node: Node, value: number): string | undefined {
  const { shape } = kernelOf(node)!.spec;
  const recurrent = node.weights.find((w) => w.key === "recurrent_kernel")?.spec;
  const state = recurrent ? Math.abs(initializerOf(recurrent.init.name).mean?.(recurrent.init.args) ?? 0) * (recurrent.shape[0] as number) : 0;
  if (state > 1) return `each step multiplies their state by ${state} (derived: the sum of equal weights)`;
  const size = Math.abs(value) * Math.sqrt(shape[0] as number);
  return size > HALF_FULL ? `they sum ${shape[0] as number} inputs to a size of ${Number(size.toPrecision(2))} (derived, for inputs of mean square 1)` : undefined;
}

/** Deviation of a normal of which half lies past ±1.83, where tanh is 0.95. */
const HALF_FULL = 1.8318 / 0.6745;

const written = (node: Node, name: string): boolean => node.call?.args.some((a) => a.name?.text === name) === true;

function frozen(model: Model, node: Node, value: number, units: number, apart: boolean, through: readonly Node[]): CheckFinding | undefined {
  if (value !== 0 && apart) return undefined;
  if (!unavoidable(model).has(node.id)) return undefined;
  const healthy = through.some((n) => RECTIFIERS.has(n.layer!.name)) ? "he_normal" : "glorot_uniform";
  const what = value === 0 ? "gives the same for every input, and always will: nothing of the input comes through" : `gives ${units} times the same, and always will: its units are one`;
  return {
    code: "constant-init", severity: value === 0 ? "error" : "warning", site: node.site, about: [node.id],
    message: `${node.layer!.name} is frozen at ${value}: it ${what} (derived); start from ${healthy}, or let it learn`,
    fixes: [setArgument(node, "init", healthy, `Start from ${healthy}`)],
  };
}

/** The next layers with kernels or merges, and what lies between. */
function follow(model: Model, node: Node): { through: Node[]; next: Node[] } {
  const through: Node[] = [];
  const next: Node[] = [];
  const readers = readersOf(model);
  const queue = readers.of(node.id);
  for (let at = queue.pop(); at; at = queue.pop()) {
    if (!at.layer) continue;
    if (kernelOf(at) || at.layer.family === "merging" || at.layer.family === "sequence") next.push(at);
    else {
      through.push(at);
      if (at.layer.activation || TRANSPARENT.has(at.layer.kind) || at.layer.family === "normalization") queue.push(...readers.of(at.id));
    }
  }
  return { through, next };
}

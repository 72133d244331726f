import { numbersOf } from "../judged.ts";
import { stateOf, slotName, slotsOf } from "../state.ts";
import { Body, type as typed, type Value } from "./builder.ts";
import { add, compare, select } from "./math.ts";
import { reshape, sliceAt, stack, zeros } from "./moves.ts";
import { fresh } from "./optimizers.ts";
import type { Parts } from "./pass.ts";
import { Replicas } from "./replicas.ts";
import { batchOf, inputsOf, learn, type TrainProgram } from "./training.ts";

/**
 * Steps as a loop that XLA compiles into one piece of machine code: what TensorFlow spends on starting each of a small
 * step's operations is gone. Inputs and result are those of the steps written out, and `count`: the steps to take, at
 * most `steps`; rows of the result past them are 0. The state goes in and comes out as values, so that nothing inside
 * touches a variable.
 */
export function addCompiled(parts: Parts, program: TrainProgram, name: string): void {
  const { g, plan } = parts;
  const { steps } = program;
  const kept = stateOf(parts.stored, plan.optimizer);
  const { rows, rates, numbers, x, targets, weights } = inputsOf(parts, program, name);
  const count = g.input(`${name}/count`, [], "int32");
  const given = [x, targets, weights].filter((v) => v !== undefined);
  const variables = kept.map((k) => g.variable(k.name, k.shape));

  // Loop variables: what changes, the state, and what stays.
  const changing: Sized[] = [{ shape: [], dtype: "int32" }, { shape: [], dtype: "bool" }, { shape: [steps, numbersOf(plan)], dtype: "float" }];
  const staying = [count, rows, rates, numbers, parts.x, parts.y, ...given];
  const all: Sized[] = [...changing, ...kept.map((k): Sized => ({ shape: k.shape, dtype: "float" })), ...staying];

  const test = new Body(`${name}/test`, all);
  test.returns([test.add("LogicalAnd", [less(test, test.args[0]!, test.args[changing.length + kept.length]!), test.args[1]!], [{ shape: [], dtype: "bool" }])[0]!]);

  const body = new Body(`${name}/step`, all);
  body.returns(step(parts, program, body));

  const loop = new Body(name, [...kept.map((k): Sized => ({ shape: k.shape, dtype: "float" })), ...staying]);
  const start = [loop.constant([0], [], "int32"), compare(loop, "Equal", loop.scalar(0), loop.scalar(0)), zeros(loop, [steps, numbersOf(plan)])];
  const last = loop.add("While", [...start, ...loop.args], all, { attrs: { T: { types: all.map((v) => v.dtype) }, cond: { func: test.name }, body: { func: body.name } } });
  loop.returns(last.slice(2, changing.length + kept.length));

  g.functions.push(test, body, loop);
  const inputs = [...variables.map((v) => g.read(v)), ...staying];
  const outputs: Sized[] = [changing[2]!, ...kept.map((k): Sized => ({ shape: k.shape, dtype: "float" }))];
  const [result, ...after] = g.add("StatefulPartitionedCall", inputs, outputs, {
    attrs: { Tin: { types: inputs.map((v) => v.dtype) }, Tout: { types: outputs.map((v) => v.dtype) }, f: { func: loop.name }, _XlaMustCompile: { b: true } },
  });
  g.identity(result!, name, after.map((v, i) => g.assign(variables[i]!, v)));
}

type Sized = Pick<Value, "shape" | "dtype">;

/** The loop's variables after a step. */
function step(parts: Parts, program: TrainProgram, g: Body): Value[] {
  const { plan } = parts;
  const kept = stateOf(parts.stored, plan.optimizer);
  const [i, , results, ...more] = g.args as readonly [Value, Value, Value, ...Value[]];
  const state = new Map(kept.map((k, at) => [k.name, more[at]!]));
  const [, rows, rates, numbers, x, y, ...given] = more.slice(kept.length) as [Value, Value, Value, Value, Value, Value, ...Value[]];

  const from = g.add("Mul", [i, g.constant([program.rows], [], "int32")], [{ shape: [], dtype: "int32" }], { attrs: { T: typed("int32") } })[0]!;
  const own = (v: Value | undefined) => v && sliceAt(g, v, from, program.rows);
  const own3 = (key: TrainProgram["given"][number]) => own(given[program.given.indexOf(key)]);
  const inside: Parts = { ...parts, g, x, y, replicas: () => 1 };
  const replicas = new Replicas(inside, program.rows, () => batchOf(inside, own(rows)!, own3("x"), own3("targets"), own3("weights")), {
    training: true, step: reshape(g, sliceAt(g, numbers, i, 1), []), weight: (name) => state.get(name)!,
  });
  const { loss, told, learning, clipped } = learn(inside, replicas);
  const fine = g.add("IsFinite", [loss], [{ shape: [], dtype: "bool" }], { attrs: { T: typed("float") } })[0]!;

  const rate = reshape(g, sliceAt(g, rates, i, 1), [2]);
  const [learningRate, ownRate] = [0, 1].map((at) => reshape(g, sliceAt(g, rate, g.constant([at], [], "int32"), 1), []));
  const after = new Map(replicas.updates());
  const slots = Object.keys(slotsOf(plan.optimizer));
  for (const [at, { name, spec }] of learning.entries()) {
    const before = Object.fromEntries(slots.map((key) => [key, state.get(slotName(name, key))!]));
    const next = fresh(g, plan.optimizer, { weight: state.get(name)!, gradient: clipped[at]!, decays: spec.decays, slots: before }, learningRate!, ownRate!);
    after.set(name, next.weight);
    for (const key of slots) after.set(slotName(name, key), next.slots[key]!);
  }
  const row = reshape(g, stack(g, told, 0), [1, numbersOf(plan)]);
  const noted = g.add("XlaDynamicUpdateSlice", [results, row, stack(g, [i, g.constant([0], [], "int32")], 0)], [results], { attrs: { T: typed("float"), Tindices: typed("int32") } })[0]!;
  return [
    add(g, i, g.constant([1], [], "int32")), fine, noted,
    ...kept.map((k) => (after.has(k.name) ? select(g, fine, after.get(k.name)!, state.get(k.name)!) : state.get(k.name)!)),
    ...more.slice(kept.length),
  ];
}

function less(g: Body, a: Value, b: Value): Value {
  return g.add("Less", [a, b], [{ shape: [], dtype: "bool" }], { attrs: { T: typed("int32") } })[0]!;
}

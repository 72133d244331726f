import { ROUNDS } from "../rounds.ts";
import { Body, type Graph, type GraphNode, type Rule, type, type Value } from "./builder.ts";
import { Closure } from "./closure.ts";
import { pulledBack } from "./gradient.ts";
import { add, sub } from "./math.ts";
import { concat, gather, reshape, reverse, sliceAxis, stack, transpose, unstack, zeros } from "./moves.ts";

/** What a position gives, written into the graph that it is called with: the states after it, and its output. */
export type Step = (g: Graph, x: Value, states: readonly Value[]) => { readonly states: readonly Value[]; readonly output: Value };

/** Carries states [batch, …] along the positions of x [batch, positions, …]. Outputs: [batch, positions, …]. */
export function scan(g: Graph, x: Value, initial: readonly Value[], step: Step, backwards: boolean, rounds = ROUNDS): { readonly outputs: Value; readonly last: Value } {
  const positions = x.shape[1]!;
  if (positions <= rounds.writtenOut) {
    const slices = unstack(g, x, 1);
    const { outputs } = through(g, backwards ? slices.toReversed() : slices, initial, step);
    return { outputs: stack(g, backwards ? outputs.toReversed() : outputs, 1), last: outputs.at(-1)! };
  }
  const byPosition = swapped(g, backwards ? reverse(g, x, 1) : x);
  // The last ones are written out, whatever their number: so the loop is left with whole rounds, and need not give its last output.
  const count = Math.ceil(positions / rounds.positions) - 1;
  const looped = count * rounds.positions;
  const xs = reshape(g, sliceAxis(g, byPosition, 0, 0, looped), [count, rounds.positions, ...byPosition.shape.slice(1)]);
  const early = loop(g, xs, initial, step);
  const late = through(g, unstack(g, sliceAxis(g, byPosition, 0, looped, positions - looped), 0), early.states, step);
  const last = late.outputs.at(-1)!;
  const outputs = swapped(g, concat(g, [reshape(g, early.outputs, [looped, ...last.shape]), stack(g, late.outputs, 0)], 0));
  return { outputs: backwards ? reverse(g, outputs, 1) : outputs, last };
}

/** Positions before rows, or rows before positions again. */
const swapped = (g: Graph, x: Value): Value => transpose(g, x, [1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]);

function through(g: Graph, slices: readonly Value[], initial: readonly Value[], step: Step): { states: readonly Value[]; outputs: readonly Value[] } {
  let states = initial;
  const outputs: Value[] = [];
  for (const x of slices) {
    const after = step(g, x, states);
    states = after.states;
    outputs.push(after.output);
  }
  return { states, outputs };
}

type Sized = Pick<Value, "shape" | "dtype">;
const INDEX: Sized = { shape: [], dtype: "int32" };
const LIST: Sized = { shape: [], dtype: "variant" };

/**
 * Rounds over xs [rounds, positions, …]; outputs [rounds, positions, batch, …]. Of each round only the states that flow
 * into it are kept: its backward pass works out the rest again (Chen et al. 2016, "Training deep nets with sublinear
 * memory cost").
 */
function loop(g: Graph, xs: Value, initial: readonly Value[], step: Step): { states: readonly Value[]; outputs: Value } {
  const rounds = xs.shape[0]!;
  const count = initial.length;
  const body = new Closure(`scan_${g.functions.length}`, [INDEX, ...initial, LIST, ...initial.map(() => LIST), xs]);
  const [at, ...own] = body.args as [Value, ...Value[]];
  const [states, kept, all] = [own.slice(0, count), own.slice(count, -1), own.at(-1)!];
  const after = through(body, unstack(body, gather(body, all, at), 0), states, step);
  const outputs = stack(body, after.outputs, 0);
  const lists = [outputs, ...states].map((v, i) => put(body, kept[i]!, at, v));
  const start = [...initial, reserve(g, rounds, outputs.shape), ...initial.map((s) => reserve(g, rounds, s.shape)), xs];
  const gradient: Rule = (dy, node, wanted) => goBack(g, { node, xs, initial, step, captured: body.captured }, dy, wanted);
  const results = repeat(g, rounds, body, [...after.states, ...lists], start, gradient);
  return { states: results.slice(1, 1 + count), outputs: stacked(g, results[1 + count]!, rounds, outputs.shape) };
}

interface Loop {
  /** Its inputs and results: index, states, the list of outputs, those of the states that flow into each round, xs, what is captured. */
  readonly node: GraphNode;
  readonly xs: Value;
  readonly initial: readonly Value[];
  readonly step: Step;
  readonly captured: readonly Value[];
}

/** Gradients by a loop's inputs, from a loop from its last round to its first. */
function goBack(g: Graph, { node, xs, initial, step, captured }: Loop, dy: Parameters<Rule>[0], wanted: (input: Value) => boolean): ReturnType<Rule> {
  const rounds = xs.shape[0]!;
  const count = initial.length;
  const used = captured.filter(wanted);
  const given = dy[1 + count];
  const staying = [...initial.map((_, k): Value => ({ node, index: 2 + count + k, ...LIST })), xs, ...(given ? [given] : [])];
  const back = new Closure(`scan_${g.functions.length}`, [INDEX, ...initial, ...used, ...(wanted(xs) ? [LIST] : []), ...staying]);
  const [i, ...own] = back.args as [Value, ...Value[]];
  const [dStates, sums] = [own.splice(0, count), own.splice(0, used.length)];
  const dx = wanted(xs) ? own.shift() : undefined;

  const at = sub(back, back.constant([rounds - 1], [], "int32"), i);
  const before = initial.map((s, k) => take(back, own[k]!, at, s.shape));
  const [x, dOutputs] = own.slice(count, staying.length).map((v) => gather(back, v, at)) as [Value, Value?];
  const after = through(back, unstack(back, x, 0), before, step);
  const from = [...after.states.map((s, k) => [s, dStates[k]!] as const), ...(dOutputs ? [[stack(back, after.outputs, 0), dOutputs] as const] : [])];
  const found = pulledBack(back, from, [...before, ...used.map((v) => back.own(v)), x]);
  const changed = [
    ...before.map((s, k) => found[k] ?? zeros(back, s.shape)),
    ...sums.map((s, k) => (found[count + k] ? add(back, s, found[count + k]!) : s)),
    ...(dx ? [put(back, dx, at, found.at(-1) ?? zeros(back, x.shape))] : []),
  ];
  const start = [...initial.map((s, k) => dy[1 + k] ?? zeros(g, s.shape)), ...used.map((v) => zeros(g, v.shape)), ...(dx ? [reserve(g, rounds, x.shape)] : []), ...staying];
  const results = repeat(g, rounds, back, changed, start).slice(1);
  const [byInitial, byUsed] = [results.splice(0, count), results.splice(0, used.length)];
  return [undefined, ...byInitial, undefined, ...initial.map(() => undefined), dx && stacked(g, results[0]!, rounds, x.shape), ...captured.map((v) => byUsed[used.indexOf(v)])];
}

/** So many rounds of a function whose first argument counts them; `changed`: what the next round has for the arguments that follow. */
function repeat(g: Graph, rounds: number, body: Closure, changed: readonly Value[], start: readonly Value[], gradient?: Rule): Value[] {
  const next = add(body, body.args[0]!, body.constant([1], [], "int32"));
  const results = [next, ...changed].map((v) => body.own(v));
  body.returns([...results, ...body.args.slice(results.length)]);
  const test = new Body(`${body.name}_test`, body.args);
  test.returns([test.add("Less", [test.args[0]!, test.constant([rounds], [], "int32")], [{ shape: [], dtype: "bool" }], { attrs: { T: type("int32") } })[0]!]);
  g.functions.push(test, body);
  // Part of the graph around it, not called: what a round does not wait for, the round before lets begin (1.3 times as fast).
  const attrs = { T: { types: body.args.map((a) => a.dtype) }, cond: { func: test.name }, body: { func: body.name }, _lower_using_switch_merge: { b: true }, parallel_iterations: { i: 2 } };
  return g.add("StatelessWhile", [g.constant([0], [], "int32"), ...start, ...body.captured], body.args, { attrs, ...(gradient && { gradient }) });
}

const ELEMENT = { element_dtype: type("float") };

const reserve = (g: Graph, size: number, shape: readonly number[]): Value =>
  g.add("TensorListReserve", [g.ints(shape), g.constant([size], [], "int32")], [LIST], { attrs: { ...ELEMENT, shape_type: type("int32") }, gradient: () => [] })[0]!;

const put = (g: Graph, list: Value, at: Value, v: Value): Value =>
  g.add("TensorListSetItem", [list, at, v], [LIST], { attrs: { ...ELEMENT, resize_if_index_out_of_bounds: { b: false } } })[0]!;

const take = (g: Graph, list: Value, at: Value, shape: readonly number[]): Value =>
  g.add("TensorListGetItem", [list, at, g.ints(shape)], [{ shape, dtype: "float" }], { attrs: ELEMENT })[0]!;

/** The items of a list: [size, …]. */
const stacked = (g: Graph, list: Value, size: number, shape: readonly number[]): Value =>
  g.add("TensorListStack", [list, g.ints(shape)], [{ shape: [size, ...shape], dtype: "float" }], { attrs: { ...ELEMENT, num_elements: { i: size } }, gradient: ([d]) => [d] })[0]!;

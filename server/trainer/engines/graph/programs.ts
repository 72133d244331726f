import { lastNode } from "../../plan.ts";
import { weightNames } from "../tfjs/forward.ts";
import { type as typed, type Value } from "./builder.ts";
import { addCompiled } from "./compiled.ts";
import { addActivity, addInspection } from "./inspection.ts";
import { cast, mul } from "./math.ts";
import { concat, sliceAxis, stack } from "./moves.ts";
import { flat, type Parts, Pass, rowsOf, stored } from "./pass.ts";
import { Replicas } from "./replicas.ts";
import { addUnrolled, type Given, type TrainProgram } from "./training.ts";

/** What one session run does. `rows` is the batch, a number: the graph's shapes are static. */
export type Program =
  | TrainProgram
  | (Sized &
      (
        | { readonly kind: "evaluate" }
        /** The values of a node, or of several: [rows, their entries one after another]. */
        | { readonly kind: "infer"; readonly nodes: readonly number[] }
        | { readonly kind: "diagnose"; readonly training: boolean }
        | { readonly kind: "inspect"; readonly given: readonly Given[] }
        | { readonly kind: "activity" }
      ));

interface Sized {
  readonly rows: number;
  /** Of a row: another size of a symbol is another program. */
  readonly shape: readonly number[];
}

export function nameOf(p: Program): string {
  const own = p.kind === "train" ? [p.steps, ...(p.compiled ? ["compiled"] : []), ...p.given] : p.kind === "infer" ? p.nodes : p.kind === "diagnose" ? [p.training] : p.kind === "inspect" ? p.given : [];
  return [p.kind, p.rows, ...p.shape.map((d) => `d${d}`), ...own].join("_");
}

/** Adds a program; its result is the node of its name, its inputs are named after it. */
export function addProgram(parts: Parts, program: Program): void {
  const { g } = parts;
  const name = nameOf(program);
  if (program.kind === "train") return program.compiled ? addCompiled(parts, program, name) : addUnrolled(parts, program, name);
  if (program.kind === "inspect") return addInspection(parts, program, name);
  const rows = g.input(`${name}/rows`, [program.rows], "int32");
  const replicas = () => new Replicas(parts, program.rows, (from, count) => rowsOf(parts, sliceAxis(g, rows, 0, from, count)), { training: false, step: undefined, weight: stored(g) });
  if (program.kind === "activity") return addActivity(parts, replicas(), name);
  if (program.kind === "evaluate") {
    const mask = g.input(`${name}/mask`, [program.rows], "float");
    g.identity(stack(g, replicas().results(mask).told, 0), name);
    return;
  }
  if (program.kind === "infer") {
    const values = replicas().values(Math.max(...program.nodes));
    const own = program.nodes.map((id) => values[id]!.value);
    g.identity(own.length === 1 ? own[0]! : concat(g, own.map((v) => flat(g, v)), 1), name);
    return;
  }
  const step = g.input(`${name}/step`, [], "int32");
  const pass = new Pass(parts, rowsOf(parts, rows), { training: program.training, step, weight: stored(g) });
  const values = pass.values(lastNode(parts.model));
  const finite = (v: Value) => cast(g, g.add("All", [g.add("IsFinite", [v], [{ shape: v.shape, dtype: "bool" }], { attrs: { T: typed("float") } })[0]!, g.ints(v.shape.map((_, i) => i))], [{ shape: [], dtype: "bool" }], { attrs: { Tidx: typed("int32"), keep_dims: { b: false } } })[0]!, "float");
  const flags = values.flatMap((v, id) => {
    const weights = weightNames(parts.model, parts.model.nodes[id]!).map((w) => finite(pass.weight(w).value));
    return [weights.length > 0 ? weights.reduce((a, b) => mul(g, a, b)) : g.scalar(1), finite(v.value)];
  });
  g.identity(stack(g, flags, 0), name);
}

import { add, mul, sum } from "./math.ts";
import { concat, sliceAxis } from "./moves.ts";
import type { Flow } from "./ops.ts";
import { type Batch, type Judged, type Parts, Pass, type PassOptions, type Score } from "./pass.ts";
import type { Value } from "./builder.ts";

/**
 * A model over the rows of a batch, dealt to replicas that share weights and draws (data parallelism): each runs on cores
 * of its own, and waits for the others once a step, where an operation that is shared out waits at its end. Losses and
 * gradients are those of the whole batch.
 */
export class Replicas {
  private readonly parts: Parts;
  private readonly rows: number;
  private readonly passes: readonly { readonly pass: Pass; readonly from: number; readonly rows: number }[];
  private judgements: readonly Judged[] | undefined;

  /** `batchOf` gives `rows` rows from the batch's row `from` on. */
  constructor(parts: Parts, rows: number, batchOf: (from: number, rows: number) => Batch, { weight, ...options }: Omit<PassOptions, "share">) {
    this.parts = parts;
    this.rows = rows;
    const read = new Map<string, Value>();
    const shared: PassOptions["weight"] = (name, shape) => {
      const value = read.get(name) ?? weight(name, shape);
      read.set(name, value);
      return value;
    };
    const draws = new Map<number, Value>();
    const dealt = deal(rows, parts.replicas(rows));
    this.passes = dealt.map(({ from, rows: own }) => {
      const share = dealt.length > 1 ? { from, of: rows, draws } : undefined;
      return { from, rows: own, pass: new Pass(parts, batchOf(from, own), { ...options, weight: shared, share }) };
    });
  }

  weight(name: string): Flow {
    return this.passes[0]!.pass.weight(name);
  }

  /** New values of measured weights, by name: what a batch is measured for is not dealt. */
  updates(): ReadonlyMap<string, Value> {
    return this.passes[0]!.pass.updates();
  }

  /** Values of the nodes up to `last`, or those that the loss came from, each of all rows. */
  values(last?: number): Flow[] {
    const { g } = this.parts;
    const all = last === undefined ? this.judged().map((j) => j.values) : this.passes.map(({ pass }) => pass.values(last));
    return all[0]!.map((flow, i) => (flow.perRow && all.length > 1 ? { perRow: true, value: concat(g, all.map((v) => v[i]!.value), 0) } : flow));
  }

  /** The loss, penalties included, and what is told of it (judged.ts): means over the rows, or sums over those that `mask` [rows] marks. */
  results(mask?: Value): { readonly loss: Value; readonly told: readonly Value[] } {
    const { g, plan: { heads } } = this.parts;
    const all = this.passes.map(({ pass, from, rows }, i) => {
      const scores = pass.scores(this.judged()[i]!, mask && sliceAxis(g, mask, 0, from, rows));
      return mask || rows === this.rows ? scores : scores.map(({ loss, correct }): Score => ({ loss: mul(g, loss, g.scalar(rows / this.rows)), correct }));
    });
    const total = (values: readonly Value[]) => values.reduce((a, b) => add(g, a, b));
    const scores = heads.map((_, i): Score => ({ loss: total(all.map((s) => s[i]!.loss)), correct: total(all.map((s) => s[i]!.correct)) }));
    const weighted = total(scores.map(({ loss }, i) => (heads[i]!.weight === 1 ? loss : mul(g, loss, g.scalar(heads[i]!.weight)))));
    const extra = this.passes[0]!.pass.penalty();
    const loss = extra ? add(g, weighted, mask ? mul(g, extra, sum(g, mask, [0])) : extra) : weighted;
    return { loss, told: heads.length === 1 ? [loss, scores[0]!.correct] : [loss, ...scores.flatMap((s) => [s.loss, s.correct])] };
  }

  private judged(): readonly Judged[] {
    return (this.judgements ??= this.passes.map(({ pass }) => pass.judged()));
  }
}

/** Rows in as many parts, of sizes that differ by one at most. */
function deal(rows: number, parts: number): { readonly from: number; readonly rows: number }[] {
  const at = (i: number) => Math.floor((rows * i) / parts);
  return Array.from({ length: parts }, (_, i) => ({ from: at(i), rows: at(i + 1) - at(i) }));
}

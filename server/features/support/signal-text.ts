import type { Model, Node } from "../../language/index.ts";
import { canReach, type Probe, probeOf, type ProbeRows, propagate, type Propagation, rowsText } from "../../language/signal/index.ts";

/** "0.82", "3.5e-7". */
export function times(x: number): string {
  if (x === 0) return "0";
  return x >= 0.01 && x < 10_000 ? String(Number(x.toPrecision(2))) : x.toExponential(1).replace("e+", "e").replace(".0e", "e");
}

/** What layers from one result to another do to signal and gradient at the start, as root mean squares. */
interface Change {
  readonly signal: number | undefined;
  readonly gradient: number | undefined;
  readonly derived: boolean;
}

function changeOf(p: Propagation, from: Node, to: Node): Change {
  const [before, after] = [p.signals.at(from.id)?.square, p.signals.at(to.id)?.square];
  const [into, out] = [p.gradients[from.id]!, p.gradients[to.id]!];
  const finite = (x: number): number | undefined => (Number.isFinite(x) ? Math.sqrt(x) : undefined);
  return {
    signal: before && after !== undefined ? finite(after / before) : undefined,
    gradient: out > 0 && into > 0 ? finite(into / out) : undefined,
    derived: p.signals.isDerived(to.id) && p.estimatedBack[from.id] === 0,
  };
}

/** The first layer's gradient against the last's; undefined where one of them is not known, or there is but one. By the theory, or as a probe found it. */
export function firstOfLast(model: Model, probe?: Probe): { readonly ratio: number; readonly first: Node; readonly derived: boolean } | undefined {
  const p = propagate(model);
  const kernels = p.kernels.filter((k) => !k.node.layer!.takesIndices);
  const [first, last] = [kernels[0], kernels[kernels.length - 1]];
  if (!first || !last || first.node === last.node) return undefined;
  const size = (k: typeof first): number => (probe ? (probe.kernelGradient(k.node, k.key) ?? NaN) : k.rms);
  if (!(size(last) > 0) || !Number.isFinite(size(first))) return undefined;
  return { ratio: size(first) / size(last), first: first.node, derived: p.estimatedBack[first.node.id] === 0 };
}

/** Of one layer, for its card: sentence, with what it rests on. `rows`: of the data that the model is trained on. */
export function signalFacts(node: Node, model: Model, rows?: ProbeRows): string[] {
  const p = propagate(model);
  const from = model.nodes[node.inputs[0] ?? -1];
  if (!from || (node.inputs.length > 1 && p.signals.isDerived(node.id))) return [];
  const { signal, gradient, derived } = changeOf(p, from, node);
  if (!derived || signal === undefined) {
    const text = estimated(node, from, model, gradient, rows);
    if (text !== undefined) return [text];
  }
  if (signal === undefined || node.inputs.length > 1) return [];
  const kernels = p.kernels.filter((k) => Number.isFinite(k.rms));
  const last = kernels[kernels.length - 1];
  const own = kernels.filter((k) => k.node === node).sort((a, b) => b.rms - a.rms)[0];
  const weights = own && last && own.node !== last.node && last.rms > 0 ? `; its weights get ${times(own.rms / last.rms)} of the last layer's gradient` : "";
  return [`At the start: signal ×${times(signal)}${gradient === undefined ? "" : `, gradient ×${times(gradient)}`}${weights} (${derived ? "derived" : "estimated"} by mean-field theory, for inputs of mean square 1).`];
}

/** Multiplications that one hover spends on a probe, some tens of milliseconds; the next one goes on from there, or the server meanwhile. */
const PATIENCE = 4_000_000;

/** Where the theory has no closed form: what the model itself makes of rows. Undefined where a probe does not come so far. */
function estimated(node: Node, from: Node, model: Model, theory: number | undefined, rows: ProbeRows | undefined): string | undefined {
  if (!canReach(model, node)) return undefined;
  const probe = probeOf(model, rows);
  probe.advance(node, PATIENCE);
  const measured = probe.at(node);
  if (!measured) return undefined;
  probe.complete(PATIENCE);
  const over = `over ${rowsText(measured)}`;
  const signal = `At the start: a signal of root mean square ${times(Math.sqrt(measured.square))} and mean ${signed(measured.mean)}`;
  const [into, out] = [probe.gradientAt(from), probe.gradientAt(node)];
  const known = into !== undefined && out !== undefined && out > 0;
  const weights = known ? weightsText(node, model, (key, of) => probe.kernelGradient(of, key)) : "";
  if (known && (node.inputs.length === 1 || weights !== "")) return `${signal}${node.inputs.length === 1 ? `, gradient ×${times(Math.sqrt(into / out))}` : ""}${weights} (estimated: the model's own forward and backward pass ${over}).`;
  return `${signal} (estimated: the model's own forward pass ${over})${theory === undefined || node.inputs.length > 1 ? "" : `; gradient ×${times(theory)} (estimated by mean-field theory)`}.`;
}

/** Of a layer's kernel that gets the most, against the last one. */
function weightsText(node: Node, { nodes }: Model, gradient: (key: string, of: Node) => number | undefined): string {
  const kernels = nodes.flatMap((n) => n.weights.filter((w) => w.spec.decays && w.spec.trainable).map(({ key }) => ({ n, rms: gradient(key, n) }))).filter((k) => k.rms !== undefined);
  const last = kernels[kernels.length - 1];
  const own = Math.max(0, ...kernels.filter((k) => k.n === node).map((k) => k.rms!));
  const most = last ? Math.max(...kernels.filter((k) => k.n === last.n).map((k) => k.rms!)) : 0;
  return own > 0 && most > 0 && last!.n !== node ? `; its weights get ${times(own / most)} of the last layer's gradient` : "";
}

const signed = (x: number): string => (Math.abs(x) < 5e-3 ? "0" : `${x < 0 ? "−" : ""}${times(Math.abs(x))}`);

/**
 * Of a line, from what flows in to what it ends with: "signal ×0.82, gradient ×0.25"; the first layer's line says what it
 * gets. Where theory ends, as a probe has found it; where it has not come yet, by the theory's estimate. Nothing is run.
 */
export function signalHint(model: Model, nodes: readonly Node[], rows?: ProbeRows): string {
  const p = propagate(model);
  const first = nodes.reduce((a, b) => (b.id < a.id ? b : a));
  const last = nodes.reduce((a, b) => (b.id > a.id ? b : a));
  const from = model.nodes[first.inputs[0] ?? -1];
  if (!from) return "";
  const theory = changeOf(p, from, last);
  const probe = theory.derived || model.nodes.length > MOST_PROBED ? undefined : probeOf(model, rows);
  const found = probe && foundOf(probe, from, last);
  const { signal, gradient } = found ?? theory;
  if (signal === undefined) return "";
  const whole = firstOfLast(model, found && probe);
  const gets = whole && nodes.includes(whole.first) ? `; the first layer gets ${times(whole.ratio)} of the last's` : "";
  return `signal ×${times(signal)}${gradient === undefined ? "" : `, gradient ×${times(gradient)}`}${gets}${theory.derived ? "" : found ? ` (estimated, n = ${found.n})` : " (estimated)"}`;
}

/** Larger models are told by the theory: what would name a probe's network is not written anew at each keystroke. */
const MOST_PROBED = 300;

/** What a probe that is over found; undefined where it did not come through there and back. */
function foundOf(probe: Probe, from: Node, last: Node): { readonly signal: number; readonly gradient: number | undefined; readonly n: number } | undefined {
  const [before, after] = [probe.at(from), probe.at(last)];
  const [into, out] = [probe.gradientAt(from), probe.gradientAt(last)];
  if (!probe.over || !before || !after || !(before.square > 0) || into === undefined) return undefined;
  return { signal: Math.sqrt(after.square / before.square), gradient: out !== undefined && out > 0 && into > 0 ? Math.sqrt(into / out) : undefined, n: after.rows };
}

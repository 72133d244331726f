// Signal and gradients as derived against as measured, for each network of networks.mjs.
import { analyse } from "../../server/language/index.ts";
import { propagate } from "../../server/language/signal/index.ts";
import { quantile, table } from "../statistics.mjs";
import { measure } from "./measure.mjs";
import { estimated, networks } from "./networks.mjs";

export const title = "Signal propagation, derived against measured";

const WRAPPED = (body) => `model M {\n${body}\n}\n`;

/** ln(derived / measured) of the last kernel's input, and of the first kernel's gradient against the last's. */
export async function compare(body, options) {
  const { models, findings } = analyse("/network.nnet", WRAPPED(body));
  const errors = findings.filter((f) => f.severity === "error");
  if (errors.length > 0) throw new Error(errors[0].message);
  const { model } = models[0];
  const derived = propagate(model);
  const measured = await measure(model, options);
  const [first, last] = [derived.kernels[0], derived.kernels.at(-1)];
  const gradient = (k) => Math.sqrt(measured.gradients.get(measured.weightNames(k.node)[k.node.weights.findIndex((w) => w.key === k.key)]));
  const at = last.node.inputs[0];
  const isDerived = derived.signals[at].derived && derived.kernels.every((k) => derived.derivedBack[k.node.id]);
  const ratios = { derived: first.rms / last.rms, measured: gradient(first) / gradient(last) };
  const squares = { derived: derived.signals[at].square, measured: measured.moments[at].square };
  return { isDerived, ratios, squares, model, propagation: derived, measured, errors: { ratio: Math.log(ratios.derived / ratios.measured), square: Math.log(squares.derived / squares.measured) } };
}

const show = (x) => (Math.abs(x) >= 0.01 && Math.abs(x) < 1000 ? x.toPrecision(3) : x.toExponential(1));

export async function run({ short = false }) {
  const rows = [];
  const logs = { ratio: [], square: [] };
  for (const [name, body] of Object.entries({ ...networks, ...estimated })) {
    const r = await compare(body, { rows: body.includes("batch_norm") ? 16 : 4, seeds: short ? 4 : 20 });
    rows.push([name, r.isDerived ? "derived" : "estimated", show(r.squares.derived), show(r.squares.measured), r.errors.square.toFixed(2), show(r.ratios.derived), show(r.ratios.measured), r.errors.ratio.toFixed(2)]);
    if (r.isDerived) for (const kind of ["ratio", "square"]) logs[kind].push(Math.abs(r.errors[kind]));
  }
  const summary = (kind) => `median ${quantile(logs[kind], 0.5).toFixed(3)}, p95 ${quantile(logs[kind], 0.95).toFixed(3)}`;
  return [
    `Mean square of what flows into the last layer, and root mean square gradient of a weight of the first layer with weights against one of the last, at initialization: as the language derives them, and as the portable engine measures them over ${short ? 4 : 20} seeds of weights, standard normal rows and directions at the output. ln is the natural logarithm of derived / measured.`,
    "",
    table(["network", "label", "E[x²]", "measured", "ln", "gradient ratio", "measured", "ln"], rows),
    "",
    `|ln| over the ${logs.ratio.length} networks whose numbers are labelled derived: E[x²] ${summary("square")}; gradient ratio ${summary("ratio")}.`,
  ].join("\n");
}

if (process.argv[1] === import.meta.filename) console.log(await run({ short: process.argv.includes("--short") }));

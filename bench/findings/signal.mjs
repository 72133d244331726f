// Signal and gradients as derived against as measured, for each network of networks.mjs.
import { analyse } from "../../server/language/index.ts";
import { Probe, propagate } from "../../server/language/signal/index.ts";
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
  const probe = new Probe(model);
  while (!probe.over) probe.complete(1e6);
  const measured = await measure(model, options);
  const [first, last] = [derived.kernels[0], derived.kernels.at(-1)];
  const gradient = (k) => Math.sqrt(measured.gradients.get(measured.weightNames(k.node)[k.node.weights.findIndex((w) => w.key === k.key)]));
  const at = last.node.inputs[0];
  const isDerived = derived.signals.isDerived(at) && derived.kernels.every((k) => derived.estimatedBack[k.node.id] === 0);
  const probed = (k) => probe.kernelGradient(k.node, k.key) ?? NaN;
  const ratios = { derived: first.rms / last.rms, measured: gradient(first) / gradient(last), probed: probed(first) / probed(last) };
  const squares = { derived: derived.signals.at(at)?.square ?? NaN, measured: measured.moments[at].square, probed: probe.at(model.nodes[at])?.square ?? NaN };
  const against = (of) => ({ ratio: Math.log(ratios[of] / ratios.measured), square: Math.log(squares[of] / squares.measured) });
  return { isDerived, ratios, squares, model, propagation: derived, measured, errors: against("derived"), probe: against("probed"), rows: probe.at(model.nodes[0])?.rows };
}

/** Of a probe that does not come through within its bound there is nothing to show. */
const show = (x) => (Number.isNaN(x) ? "–" : Math.abs(x) >= 0.01 && Math.abs(x) < 1000 ? x.toPrecision(3) : x.toExponential(1));
const log = (x) => (Number.isNaN(x) ? "–" : x.toFixed(2));

export async function run({ short = false }) {
  const seeds = short ? 4 : 20;
  const rows = [];
  const probes = [];
  const logs = { ratio: [], square: [] };
  const ofProbe = { ratio: [], square: [], ofDerived: [] };
  const ofTheory = { ratio: [], square: [] };
  for (const [name, body] of Object.entries({ ...networks, ...estimated })) {
    const r = await compare(body, { rows: body.includes("batch_norm") ? 16 : 4, seeds });
    if (r.isDerived) {
      rows.push([name, show(r.squares.derived), show(r.squares.measured), r.errors.square.toFixed(2), show(r.ratios.derived), show(r.ratios.measured), r.errors.ratio.toFixed(2)]);
      for (const kind of ["ratio", "square"]) logs[kind].push(Math.abs(r.errors[kind]));
      if (Number.isFinite(r.probe.ratio)) ofProbe.ofDerived.push(Math.abs(r.probe.ratio));
    } else {
      probes.push([name, r.rows, show(r.squares.probed), show(r.squares.measured), log(r.probe.square), r.errors.square.toFixed(2), show(r.ratios.probed), show(r.ratios.measured), log(r.probe.ratio), r.errors.ratio.toFixed(2)]);
      for (const kind of ["ratio", "square"]) {
        if (Number.isFinite(r.probe[kind])) ofProbe[kind].push(Math.abs(r.probe[kind]));
        ofTheory[kind].push(Math.abs(r.errors[kind]));
      }
    }
  }
  const told = (values) => `median ${quantile(values, 0.5).toFixed(3)}, p95 ${quantile(values, 0.95).toFixed(3)}`;
  return [
    `Mean square of what flows into the last layer, and root mean square gradient of a weight of the first layer with weights against one of the last, at initialization: as the language derives them, and as the portable engine measures them over ${seeds} seeds of weights, standard normal rows and directions at the output. ln is the natural logarithm of derived / measured.`,
    "",
    table(["network", "E[x²]", "measured", "ln", "gradient ratio", "measured", "ln"], rows),
    "",
    `|ln| over the ${logs.ratio.length} networks whose numbers are labelled derived: E[x²] ${told(logs.square)}; gradient ratio ${told(logs.ratio)}.`,
    "",
    "Where closed form ends, numbers are labelled estimated: those of the probe, one draw of the weights and n random rows through the model's own forward and backward pass, against the same measurement. ln of probe / measured, and in its own column what mean-field theory alone would have said.",
    "",
    table(["network", "n", "E[x²], probe", "measured", "ln", "ln, theory", "gradient ratio, probe", "measured", "ln", "ln, theory"], probes),
    "",
    `|ln| over these, where the probe comes through (${ofProbe.ratio.length} of ${probes.length}): E[x²] ${told(ofProbe.square)} (theory ${told(ofTheory.square)}); gradient ratio ${told(ofProbe.ratio)} (theory ${told(ofTheory.ratio)}). Of the derived networks the probe comes back through ${ofProbe.ofDerived.length}: gradient ratio ${told(ofProbe.ofDerived)}, which is what one draw of the weights differs by.`,
  ].join("\n");
}

if (process.argv[1] === import.meta.filename) console.log(await run({ short: process.argv.includes("--short") }));

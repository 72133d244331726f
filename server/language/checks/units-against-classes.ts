import type { Fix } from "../findings.ts";
import type { Model, Node } from "../graph/graph.ts";
import type { Trained } from "./define.ts";
import { defineCheck } from "./define.ts";
import { argumentEdit, entryOf, settingEdit } from "./fixes.ts";
import { DISTRIBUTIONS } from "./graph.ts";
import { labelOf, labelSite } from "./label.ts";
import { at, count } from "./places.ts";

/** They keep the number of outputs. */
const KEEPS = new Set<string>([...DISTRIBUTIONS, "sigmoid", "dropout", "identity"]);

/**
 * The model's outputs against the label in the data file: one output for each class, or one sigmoid unit for two of
 * them; one output for a number. Anything else cannot be compared, and training ends before its first step.
 * Guards: a file that was read in part may have more classes than were seen, never fewer; a model of several outputs.
 */
export const unitsAgainstClasses = defineCheck({
  code: "units-against-classes",
  perOutput: true,
  needsData: true,
  explains: ["loss-against-activation"],
  *train(train) {
    const label = labelOf(train);
    const output = train.model.outputs.length === 1 ? train.model.nodes[train.model.outputs[0]!] : undefined;
    const outputs = output?.type?.shape.length === 1 ? output.type.shape[0] : undefined;
    if (!label || !output?.layer || typeof outputs !== "number" || (label.kind === "class" && label.fractions)) return;
    const { column, classes, complete } = label;
    const source = unitsOf(train.model, output);
    const related = [{ site: labelSite(output.site.file, train.data!), message: `${column.name} is the label` }];
    const report = (message: string, fixes: readonly Fix[]) => at(source, { code: "units-against-classes", severity: "error", about: [source.id, output.id], message, related, fixes });
    if (label.kind === "number") {
      if (outputs !== 1) yield report(`the label ${column.name} is one number, and the model gives ${count(outputs)} for each row; end it in one unit, or use cross_entropy if the numbers are classes`, unitsFix(train, source, 1));
      return;
    }
    if (!classes) return;
    const needed = outputs === 1 ? 2 : outputs;
    if (classes.length === needed || (!complete && classes.length < needed)) return;
    const named = classes.length > 6 ? `${classes.slice(0, 3).join(", ")}, … ${classes[classes.length - 1]}` : classes.join(", ");
    const has = `${column.name} has ${complete ? "" : "at least "}${count(classes.length)} class${classes.length === 1 ? "" : "es"} (${named}; measured over ${count(train.data!.profile!.rows)} rows)`;
    if (classes.length === 1) yield report(`${has}: there is nothing to tell apart`, []);
    else if (outputs === 1) yield report(`${has}, and one unit tells two apart; end in ${classes.length} units with softmax`, complete ? severalFix(train, source, output, classes.length) : []);
    else yield report(`${has}, and the model gives ${count(outputs)} outputs; one is needed for each class`, complete ? unitsFix(train, source, classes.length) : []);
  },
});

/** The layer that says how many outputs there are. */
function unitsOf(model: Model, output: Node): Node {
  let node = output;
  while (node.layer && KEEPS.has(node.layer.name)) node = model.nodes[node.inputs[0]!]!;
  return node.layer?.name === "dense" ? node : output;
}

/** In the layer, or in the arguments that the train block gives to the model. */
function unitsFix(train: Trained, source: Node, units: number): Fix[] {
  const written = writtenUnits(source);
  const title = `Use ${units} unit${units === 1 ? "" : "s"}`;
  if (!written) return [];
  if (written.kind === "number") return [{ title, edits: [argumentEdit(source, "units", String(units))] }];
  const { declaration } = train;
  const file = source.site.file;
  if (written.kind !== "name" || source.via.length > 0 || train.model !== undefined && file !== train.model.nodes[0]!.site.file) return [];
  const { name } = written;
  const given = declaration.args.find((a) => a.name?.text === name);
  const place = (span: typeof declaration.span, text: string) => ({ site: { file, line: declaration.line, span }, text });
  const { endLine, end } = declaration.model.span;
  if (given) return [{ title: `${name} = ${units}`, edits: [place(given.value.span, String(units))] }];
  if (declaration.args.length > 0) return [];
  return [{ title: `Train with ${name} = ${units}`, edits: [place({ line: endLine, start: end, endLine, end }, `(${name} = ${units})`)] }];
}

function severalFix(train: Trained, source: Node, output: Node, units: number): Fix[] {
  const written = writtenUnits(source);
  if (written?.kind !== "number" || output.layer?.name !== "sigmoid") return [];
  const edits = [argumentEdit(source, "units", String(units)), { site: output.site, text: "softmax" }];
  if (entryOf(train.declaration, "loss")) edits.push(settingEdit(output.site.file, train.declaration, "loss", "cross_entropy"));
  return [{ title: `End in ${units} units with softmax`, edits }];
}

function writtenUnits({ layer, call }: Node) {
  if (layer?.name !== "dense") return undefined;
  return (call?.args.find((a) => a.name?.text === "units") ?? call?.args.find((a) => !a.name))?.value;
}

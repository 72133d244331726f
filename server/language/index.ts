/** The language as a library: pure functions from text to findings, shapes and counts. No Node API, no editor API. */
export type { Analysis, DataAnalysis, DataSettings, ModelAnalysis, TrainAnalysis, TrainSettings } from "./analysis.ts";
export type { Finding, Fix, Severity } from "./findings.ts";
export type { Model, Node, TensorType, Totals, Weight } from "./graph/graph.ts";
export { type ColumnProfile, type DataProfile, type Host, isolated, type ProfileRequest, type WordsProfile } from "./host.ts";
export { ALLOWABLE, allowanceIn, isAllowable, isCheck } from "./allowances.ts";
export { layers } from "./layers/index.ts";
export type { LayerDef, WeightSpec } from "./layers/define.ts";
export { rowShape, sharesOf } from "./data-settings.ts";
export { sources } from "./settings/sources/index.ts";
export type { SourceDef } from "./settings/sources/define.ts";
export { initializerOf, initializers } from "./layers/initializers.ts";
export { type Dim, formatShape } from "./ops/dim.ts";
export type { Ops } from "./ops/ops.ts";
export { type Range, rangeOf, type Site } from "./syntax/tree.ts";
export { analyse, Document } from "./document.ts";
export { applied, fixesOf, type Lines } from "./mends/index.ts";
export { format, indentation } from "./syntax/format.ts";
export { forgetLines } from "./syntax/lines.ts";

// Which part of the project may import which, for ESLint (as one types) and test/layering.test.ts.
import { posix } from "node:path";

const language = "server/language";
/** What the parts of the language share, which imports none of them (types apart). */
const ground = ["values", "findings", "host", "params", "suggest", "work", "forget", "identity", "digits", "images"].map((f) => `${language}/${f}.ts`);
const within = (...folders) => [...folders.map((f) => `${language}/${f}/`), ...ground];
const messages = ["server/trainer/protocol.ts", "server/trainer/launch.ts", "server/lsp/launch.ts"];

/** The first row whose folder a file is in says what it may import; beside its own folder. */
export const arrows = [
  { from: `${language}/syntax/`, to: ground },
  { from: `${language}/ops/`, to: [`${language}/digits.ts`] },
  { from: `${language}/layers/`, to: within("ops") },
  { from: `${language}/settings/`, to: ground },
  { from: `${language}/program/`, to: within("syntax", "ops", "layers", "settings") },
  { from: `${language}/graph/`, to: within("program", "syntax", "layers", "ops") },
  { from: `${language}/signal/`, to: within("graph", "layers", "ops") },
  { from: `${language}/rehearsal/`, to: [...within("signal", "graph", "layers", "ops"), `${language}/analysis.ts`, `${language}/heads.ts`, `${language}/schedule.ts`] },
  { from: `${language}/checks/`, to: [...within("rehearsal", "signal", "graph", "program", "syntax", "layers", "ops"), `${language}/analysis.ts`, `${language}/data-settings.ts`, `${language}/data-rows.ts`, `${language}/data-labels.ts`, `${language}/feeds.ts`, `${language}/heads.ts`, `${language}/outputs.ts`, `${language}/unsuitable.ts`, `${language}/augmentable.ts`, `${language}/schedule.ts`] },
  { from: `${language}/`, to: [] },
  { from: "server/features/", to: [`${language}/`] },
  { from: "server/formats/", to: [`${language}/`] },
  { from: "server/start/", to: [] },
  { from: "server/lsp/", to: [`${language}/`, "server/features/", "server/formats/", "server/start/", ...messages] },
  { from: "server/trainer/", to: [`${language}/`, "server/formats/", "server/start/"] },
  { from: "server/cli/", to: [`${language}/`, "server/formats/", "server/start/", "server/trainer/install/", ...messages] },
  { from: "client/", to: messages },
];

/** Types may be named where values may not be used: [file, what it names]. */
const types = [
  [`${language}/values.ts`, `${language}/layers/`],
  [`${language}/program/`, `${language}/graph/`],
  [`${language}/host.ts`, `${language}/signal/`],
  [`${language}/host.ts`, `${language}/rehearsal/`],
];

/** Packages of the parts that must run anywhere. */
const packages = [{ from: `${language}/`, may: ["chevrotain", "fastest-levenshtein"] }];

/** Why `file` (from the root, with slashes) may not import `source`; undefined if it may. */
export function forbidden(file, source, typeOnly = false) {
  if (!source.startsWith(".")) {
    const limit = packages.find((p) => file.startsWith(p.from));
    return limit && !limit.may.includes(source) ? `${limit.from} imports no package but ${limit.may.join(" and ")}` : undefined;
  }
  const target = posix.join(posix.dirname(file), source);
  const arrow = arrows.find((a) => file.startsWith(a.from));
  if (!arrow || target.startsWith(arrow.from) || arrow.to.some((to) => target.startsWith(to))) return undefined;
  if (typeOnly && types.some(([from, to]) => file.startsWith(from) && target.startsWith(to))) return undefined;
  return `${arrow.from} may import ${arrow.to.join(", ") || "itself only"}; not ${target} (see scripts/arrows.mjs)`;
}

import type { Finding } from "../findings.ts";
import { layers } from "../layers/index.ts";
import { type DataDecl, type Declaration, type File, type ModelDecl, runName, type Site, type TrainDecl } from "../syntax/tree.ts";
import { builtins } from "./evaluate.ts";

/** The declarations of a file by kind and name; the first of a name wins, the others are reported. */
export interface Declarations {
  readonly models: ReadonlyMap<string, ModelDecl>;
  readonly blocks: ReadonlyMap<string, ModelDecl>;
  readonly datas: ReadonlyMap<string, DataDecl>;
  readonly trains: readonly TrainDecl[];
  readonly findings: readonly Finding[];
}

export function declarationsOf(file: File): Declarations {
  const models = new Map<string, ModelDecl>();
  const blocks = new Map<string, ModelDecl>();
  const datas = new Map<string, DataDecl>();
  const trains: TrainDecl[] = [];
  const findings: Finding[] = [];
  const named = new Map<string, Site>();
  const site = (d: Exclude<Declaration, TrainDecl | { kind: "import" }>): Site => ({ file: file.path, line: d.line, span: d.name.span });
  for (const d of file.declarations) {
    if (d.kind === "train") {
      const earlier = trains.find((t) => runName(t) === runName(d));
      if (earlier && runName(d) !== "") findings.push(sameRun(d, earlier, file));
      trains.push(d);
    }
    if (d.kind === "train" || d.kind === "import") continue;
    const name = d.name.text;
    if (name === "") continue;
    // Data is named apart: `train digits on digits` is clear.
    const key = d.kind === "data" ? `data ${name}` : name;
    const earlier = named.get(key);
    if (earlier) {
      findings.push({ code: "duplicate-name", severity: "error", site: site(d), message: `there are two declarations called ${name}; give one of them another name`, related: [{ site: earlier, message: `${name} is first declared here` }] });
      continue;
    }
    if (d.kind !== "data" && (layers.has(name) || Object.hasOwn(builtins, name))) {
      findings.push({ code: "reserved-name", severity: "error", site: site(d), message: `${name} is a ${layers.has(name) ? "layer" : "function"}'s name; give this ${d.kind} another one` });
      continue;
    }
    named.set(key, site(d));
    if (d.kind === "data") datas.set(name, d);
    else if (d.kind === "model") models.set(name, d);
    else blocks.set(name, d);
  }
  return { models, blocks, datas, trains, findings };
}

/** A run's name is that of its weights. */
function sameRun(d: TrainDecl, earlier: TrainDecl, { path, declarations }: File): Finding {
  const taken = new Set(declarations.flatMap((o) => (o.kind === "train" ? [runName(o)] : [])));
  const base = runName(d);
  let n = 2;
  while (taken.has(`${base}${n}`)) n++;
  const name = d.as ?? d.model;
  const last = d.as ?? d.data;
  const site = (span: Site["span"], of = d): Site => ({ file: path, line: of.line, span });
  const span = last && { line: last.span.endLine, start: last.span.end, endLine: last.span.endLine, end: last.span.end };
  const fix = d.as ? [{ site: site(d.as.span), text: `${base}${n}` }] : span && [{ site: site(span), text: ` as ${base}${n}` }];
  return {
    code: "duplicate-name", severity: "error", site: site(name.span),
    message: `there are two train blocks called ${base}, and the weights of both would be one file; give this one a name of its own: train ${d.model.text} on ${d.data?.text ?? "…"} as ${base}${n}`,
    related: [{ site: site((earlier.as ?? earlier.model).span, earlier), message: `${base} is trained here` }],
    ...(fix && { fixes: [{ title: `Call it ${base}${n}`, edits: fix }] }),
  };
}

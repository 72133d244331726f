import type { Finding } from "../findings.ts";
import { layers } from "../layers/index.ts";
import type { DataDecl, Declaration, File, ModelDecl, Site, TrainDecl } from "../syntax/tree.ts";
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
    if (d.kind === "train") trains.push(d);
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

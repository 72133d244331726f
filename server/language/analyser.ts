import type { Analysis, DataAnalysis, DataSettings, ModelAnalysis, TrainAnalysis, TrainSettings } from "./analysis.ts";
import { isByMachine, isRehearsed, needsData } from "./allowances.ts";
import { absentFiles } from "./data-files.ts";
import { checkData, profileRequest, rowShape } from "./data-settings.ts";
import { feedFindings } from "./feeds.ts";
import type { Finding } from "./findings.ts";
import type { Model } from "./graph/graph.ts";
import { MOST_STEPS } from "./graph/bounds.ts";
import { type Expanded, expandModel, expandUnusedBlock } from "./graph/model.ts";
import type { DataProfile, Host } from "./host.ts";
import { numberOf } from "./identity.ts";
import { formatShape, product, sameShape } from "./ops/dim.ts";
import { outputFindings } from "./outputs.ts";
import { type Declarations, declarationsOf } from "./program/declarations.ts";
import { type Blocks, type Imported, Imports } from "./program/imports.ts";
import { bindSettings, SettingsWorld } from "./program/settings.ts";
import { Report } from "./report.ts";
import { didYouMean } from "./suggest.ts";
import { dataSettings } from "./settings/data.ts";
import { profileOfMade } from "./settings/sources/made-profile.ts";
import { sources } from "./settings/sources/index.ts";
import { trainSettings } from "./settings/train.ts";
import type { Line } from "./syntax/lines.ts";
import { type DataDecl, type Declaration, type File, type LineRef, type ModelDecl, type Site, type TrainDecl } from "./syntax/tree.ts";

/** Settings of one declaration, bound, and what is wrong with them. */
interface BoundSettings {
  readonly settings: Readonly<Record<string, unknown>> | undefined;
  readonly findings: readonly Finding[];
}

/**
 * From syntax to everything that is known, keeping per declaration what did not change: a declaration is the same as
 * long as its lines are, and a model as long as it and the blocks it uses are.
 */
export class Analyser {
  private readonly path: string;
  private readonly lines = new WeakMap<Declaration, readonly Line[]>();
  private declarations: ReadonlyMap<LineRef, Declaration> = new Map();
  /** By kind and name: what a model was before its text changed. */
  private before = new Map<string, Model>();
  private now = new Map<string, Model>();
  private models = new WeakMap<ModelDecl | TrainDecl, { blocks: string; expanded: Expanded }>();
  private readonly settings = new WeakMap<Declaration, BoundSettings>();
  private report: Report | undefined;

  /** Steps that this analysis may still take, and what it has expanded by them. */
  private left = MOST_STEPS;
  private readonly done = new Map<ModelDecl | TrainDecl, Expanded>();
  private readonly imports: Imports;
  private readonly host: Host;

  constructor(path: string, host: Host) {
    this.path = path;
    this.host = host;
    this.imports = new Imports(host);
  }

  analyse(parsed: File, lines: readonly Line[], version: number): Analysis {
    const syntax = { ...parsed, declarations: parsed.declarations.map((d) => this.kept(d, lines)) };
    this.declarations = new Map(syntax.declarations.map((d) => [d.line, d]));
    [this.before, this.now] = [this.now, new Map()];
    this.left = MOST_STEPS;
    this.done.clear();
    const names = declarationsOf(syntax);
    const imported = this.imports.of(syntax);
    const findings: Finding[] = [...syntaxFindings(syntax), ...names.findings, ...imported.findings];

    const datas = [...names.datas.values()].map((d): DataAnalysis => {
      const bound = this.bound(d, `data ${d.name.text}`, dataSettings, d.name.span, checkData);
      findings.push(...bound.findings);
      const settings = bound.settings as DataSettings | undefined;
      return { declaration: d, name: d.name.text, settings, profile: settings && this.profile(settings), absent: absentFiles(d, this.path, this.host) };
    });
    const used = new Set<ModelDecl>();
    const models = new Map<string, ModelAnalysis>();
    const given = new Map<string, TrainDecl>();
    for (const t of names.trains) if (t.args.length > 0 && !given.has(t.model.text)) given.set(t.model.text, t);
    for (const decl of names.models.values()) {
      const expanded = this.expanded(decl, decl.params.every((p) => p.default) ? undefined : given.get(decl.name.text), imported);
      for (const b of expanded.used) used.add(b);
      findings.push(...expanded.findings);
      models.set(decl.name.text, { declaration: decl, model: expanded.model });
    }
    const trains = names.trains.map((t) => this.train(t, names, imported, datas, models, used, findings));
    // Blocks that no model uses are checked by themselves; what they use is used.
    const alone = [...names.blocks.values()].filter((decl) => !used.has(decl));
    for (const decl of alone) {
      const expanded = this.expanded(decl, undefined, imported);
      findings.push(...expanded.findings);
      for (const b of expanded.used) used.add(b);
    }
    findings.push(...unusedImports(syntax, imported.blocks, used));
    // A file of blocks alone is there to be imported.
    if (names.models.size > 0) for (const decl of alone) if (!used.has(decl) && !decl.nested) findings.push({ code: "unused-block", severity: "hint", site: { file: this.path, line: decl.line, span: decl.name.span }, unnecessary: true, message: `nothing here uses block ${decl.name.text}` });
    const unread = datas.some((d) => !d.profile);
    const { path, imports } = this;
    const linesOf = (file: string): readonly Line[] | undefined => (file === path ? lines : imports.linesOf(file));
    const report = (this.report = new Report({ path, language: findings, models: [...models.values()].map((m) => m.model), trains, probes: this.host.probes, rehearsals: this.host.rehearsals, linesOf, silent: (code) => isRehearsed(code) || isByMachine(code) || (unread && needsData(code)) }, this.report));
    return {
      path, version, syntax, models: [...models.values()], datas, trains,
      get findings() { return report.findings; },
      get allowed() { return report.allowed; },
      get early() { return report.early; },
    };
  }

  /** The look at a source: at its files, or at rows as a generator makes them. */
  private profile(settings: DataSettings): DataProfile | undefined {
    const made = profileOfMade(settings.source);
    if (made) return made;
    const request = profileRequest(settings, (path) => this.host.resolve(this.path, path));
    return request && this.host.profile?.(request);
  }

  /** The declaration of the last analysis, if no line of it has changed. */
  private kept(declaration: Declaration, lines: readonly Line[]): Declaration {
    if (this.lines.has(declaration)) return declaration;
    const start = declaration.line.number;
    const mine = lines.slice(start, start + declaration.span.endLine + 1);
    const known = this.declarations.get(declaration.line);
    const old = known && this.lines.get(known);
    // Several may begin in one line.
    if (known && old?.length === mine.length && old.every((l, i) => l === mine[i]) && known.doc === declaration.doc && known.span.start === declaration.span.start && known.kind === declaration.kind && known.nested === declaration.nested) return known;
    this.lines.set(declaration, mine);
    return declaration;
  }

  private expanded(decl: ModelDecl, given: TrainDecl | undefined, imported: Imported): Expanded {
    const owner = given ?? decl;
    const done = this.done.get(owner);
    if (done) return done;
    const known = this.models.get(owner);
    // Any block's coming or going may change what an unknown name means.
    const key = (used: Iterable<ModelDecl>) => `${numberOf(decl)}:${[...used].map((b) => (imported.current.has(b) ? numberOf(b) : "gone")).join(",")}:${imported.names}`;
    const called = `${owner.kind} ${decl.kind} ${decl.name.text}`;
    const { left } = this;
    const enough = (e: Expanded): boolean => (e.stopped ? e.budget === left : e.steps <= left);
    if (known && known.blocks === key(known.expanded.used) && enough(known.expanded)) {
      this.now.set(called, known.expanded.model);
      return this.spent(owner, known.expanded);
    }
    const args = given && { written: given.args, span: given.model.span, line: given.line };
    const before = this.before.get(called);
    const expanded = decl.kind === "model" ? expandModel(decl, this.path, imported.blocks, left, args, before) : expandUnusedBlock(decl, this.path, imported.blocks, left, before);
    this.now.set(called, expanded.model);
    this.models.set(owner, { blocks: key(expanded.used), expanded });
    return this.spent(owner, expanded);
  }

  private spent(owner: ModelDecl | TrainDecl, expanded: Expanded): Expanded {
    this.done.set(owner, expanded);
    this.left = Math.max(0, this.left - expanded.steps);
    return expanded;
  }

  private bound(decl: DataDecl | TrainDecl, what: string, params: Parameters<typeof bindSettings>[1], nameSpan: Site["span"], check?: (settings: Readonly<Record<string, unknown>>, world: SettingsWorld, decl: DataDecl) => void): BoundSettings {
    let known = this.settings.get(decl);
    if (!known) {
      const world = new SettingsWorld(this.path, decl.line);
      const settings = bindSettings(what, params, decl.settings, world, nameSpan);
      if (settings && decl.kind === "data") check?.(settings, world, decl);
      this.settings.set(decl, (known = { settings, findings: world.findings }));
    }
    return known;
  }

  private train(decl: TrainDecl, names: Declarations, imported: Imported, datas: readonly DataAnalysis[], models: ReadonlyMap<string, ModelAnalysis>, used: Set<ModelDecl>, findings: Finding[]): TrainAnalysis {
    const site = (span: Site["span"]): Site => ({ file: this.path, line: decl.line, span });
    const bound = this.bound(decl, `train ${decl.model.text}`, trainSettings, decl.model.span);
    findings.push(...bound.findings);
    let model: Model | undefined;
    const target = names.models.get(decl.model.text);
    if (target && decl.args.length > 0) {
      const expanded = this.expanded(target, decl, imported);
      for (const b of expanded.used) used.add(b);
      findings.push(...expanded.findings);
      model = expanded.model;
    } else if (target) {
      model = models.get(decl.model.text)?.model;
      findings.push(...missingArguments(target, site(decl.model.span)));
    } else if (decl.model.text) findings.push(unknown("model", decl.model.text, names.models.keys(), site(decl.model.span)));
    const data = datas.find((d) => d.name === decl.data?.text);
    if (decl.data?.text && !data) findings.push(unknown("data", decl.data.text, names.datas.keys(), site(decl.data.span)));
    if (!decl.data && target) {
      findings.push({ code: "missing-data", severity: "error", site: site(decl.model.span), message: `train ${decl.model.text} on what? name a data declaration: train ${decl.model.text} on ${[...names.datas.keys()][0] ?? "digits"} { … }` });
    }
    if (model && data) findings.push(...outputFindings(model, data, decl, site));
    if (model && data?.settings) findings.push(...shapeAgainstData(model, data, site((decl.data ?? decl.model).span)), ...feedFindings(model, data, site((decl.data ?? decl.model).span)));
    return { declaration: decl, model, data, settings: bound.settings as TrainSettings | undefined };
  }
}

/** A model whose parameters have no defaults is trained with arguments. */
function missingArguments({ name, params }: ModelDecl, site: Site): Finding[] {
  const needed = params.filter((p) => !p.default && p.name.text).map((p) => p.name.text);
  if (needed.length === 0) return [];
  return [{ code: "missing-argument", severity: "error", site, message: `${name.text} needs ${needed.join(" and ")}: train ${name.text}(${needed.map((n) => `${n} = …`).join(", ")}) on … { … }` }];
}

/** Blocks that are imported and that nothing here uses. */
function unusedImports(file: File, blocks: Blocks, used: ReadonlySet<ModelDecl>): Finding[] {
  return file.declarations.flatMap((d) =>
    d.kind !== "import" ? [] : d.names.flatMap((name): Finding[] => {
      const block = blocks.get(name.text);
      if (!block || used.has(block.decl)) return [];
      return [{ code: "unused-import", severity: "hint", site: { file: file.path, line: d.line, span: name.span }, unnecessary: true, message: `nothing uses ${name.text}` }];
    }),
  );
}

function unknown(kind: string, name: string, names: Iterable<string>, site: Site): Finding {
  const near = didYouMean(name, names);
  return {
    code: `unknown-${kind}`,
    severity: "error",
    site,
    message: `there is no ${kind} called ${name}${near.text}`,
    ...(near.name && { fixes: [{ title: `Change to ${near.name}`, edits: [{ site, text: near.name }] }] }),
  };
}

/** The model's input against the shape that the data block states. */
function shapeAgainstData(model: Model, data: DataAnalysis, site: Site): Finding[] {
  const shape = data.settings && rowShape(data.settings);
  const input = model.nodes[model.inputs[0] ?? -1];
  const words = data.settings !== undefined && sources[data.settings.source.name]!.rows === "text";
  if (words && input?.type && model.inputs.length === 1 && (input.type.dtype !== "int" || input.type.shape.length !== 1)) {
    return [{ code: "shape-does-not-fit-data", severity: "error", site, message: `model ${model.name} takes ${input.type.dtype === "int" ? "whole numbers" : "numbers"} ${formatShape(input.type.shape)}, and data ${data.name} gives sentences: a row of numbers of words; begin the model with input words int [N] and an embedding`, related: [{ site: input.site, message: `the model's input is ${formatShape(input.type.shape)}` }] }];
  }
  if (!shape || !input?.type || model.inputs.length !== 1 || sameShape(shape, input.type.shape)) return [];
  if (input.type.shape.some((d) => typeof d !== "number")) return [];
  const entry = data.declaration.settings.entries.find((e) => e.key.text === "shape");
  const same = product(shape) === product(input.type.shape);
  return [{
    code: "shape-does-not-fit-data",
    severity: "error",
    site,
    message: `model ${model.name} takes ${formatShape(input.type.shape)}, and data ${data.name} gives rows of ${formatShape(shape)}${same ? `; the sizes agree, so shape = ${formatShape(input.type.shape)} in data ${data.name} would fit` : ""}`,
    ...(same && entry && { fixes: [{ title: `Set shape = ${formatShape(input.type.shape)}`, edits: [{ site: { ...site, line: entry.line ?? data.declaration.line, span: entry.value.span }, text: formatShape(input.type.shape) }] }] }),
    related: [{ site: input.site, message: `the model's input is ${formatShape(input.type.shape)}` }],
  }];
}

function syntaxFindings(file: File): Finding[] {
  return file.problems.map((p) => {
    const site = { file: file.path, line: p.line, span: p.span };
    const fixes = [
      ...(p.instead === undefined ? [] : [{ title: p.instead.trim() === "" ? "Remove it" : p.instead.startsWith("//") ? "Make it a comment" : `Change to ${p.instead.trim()}`, edits: [{ site, text: p.instead }] }]),
      ...(p.fix ? [{ title: p.fix.title, edits: [{ site: { ...site, span: p.fix.span }, text: p.fix.text }] }] : []),
    ];
    return { code: p.code, severity: "error", message: p.message, site, ...(fixes.length > 0 && { fixes }), ...(p.cause && { cause: p.cause }) };
  });
}

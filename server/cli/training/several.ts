import { type Averaged, type EndEvent, type EpochEvent, eachOutput, type FoldEvent, type MemberEvent, type Scored, shownBy, type StartEvent, type Which } from "../../trainer/protocol.ts";
import { measure, percent, wrap } from "../text.ts";
import { cellOf, gainText, metricsText, spreadText } from "./scores.ts";

/** A run of several trainings: the members of an ensemble, or folds. */

type Start = Pick<StartEvent, "ensemble" | "folds" | "seed">;

/** `member 2/5, ` before what is said of one of them; nothing where a run is one training. */
export function prefix({ member, fold }: Which, { ensemble, folds }: Start): string {
  if (member !== undefined) return `member ${member}/${ensemble}, `;
  return fold === undefined ? "" : `fold ${fold}/${folds}, `;
}

/** Over the epochs of one. */
export function heading({ member, fold }: EpochEvent, { ensemble, folds, seed }: Start): string {
  return member === undefined ? `fold ${fold} of ${folds}` : `member ${member} of ${ensemble}, seed ${seed + member - 1}`;
}

export function opening({ ensemble, folds, seed }: Start): string[] {
  if (ensemble !== undefined) return [`An ensemble of ${ensemble}, with seeds ${seed} to ${seed + ensemble - 1}; predictions are averaged.`];
  return folds === undefined ? [] : [`${folds} folds, each held out once; the rows are those of the first to come.`];
}

const WIDEST = 80;

type Line = readonly [name: string, of: MemberEvent | FoldEvent | undefined, ...parts: readonly (Partial<Scored> | undefined)[]];
interface Column {
  readonly title: string;
  cell(line: Line): string;
}

/** A line for each, and what they are together; undefined where there are no scores. */
export function results({ ensemble, folds }: EndEvent, width: number): string | undefined {
  if (ensemble?.rows) {
    const { members, rows, mean, own, gain } = ensemble;
    const lines: Line[] = [...members.map((m): Line => [String(m.member), m, m[rows] ?? undefined]), ["mean", undefined, mean], ["averaged", undefined, own], ["gain", undefined, gain]];
    return [table("member", [rows], lines, own!), ...gains(ensemble as Averaged, width)].join("\n");
  }
  if (!folds) return undefined;
  const { validation, test, averaged } = folds;
  const lines: Line[] = [
    ...folds.folds.map((f): Line => [String(f.fold), f, f.validation ?? undefined, f.test ?? undefined]),
    ["mean", undefined, validation.mean, test?.mean], ["±", undefined, validation.deviation, test?.deviation],
    ...(averaged ? [["averaged", undefined, undefined, averaged.own], ["gain", undefined, undefined, averaged.gain]] satisfies Line[] : []),
  ];
  const spreads = [["held-out", validation] as const, ...(test ? [["test", test] as const] : [])].flatMap(([part, spread]) => {
    const metrics = spreadText(spread, false);
    return [...(metrics === "" ? [] : [`${part} ${metrics}`]), ...eachOutput(spread).map(([name, own]) => `${part} ${name}: ${spreadText(own, true)}`)].map((line) => wrap(line, width, "  "));
  });
  const note = "± is the sample standard deviation. Held-out rows have chosen the epoch of their fold, which makes their scores a little too good; the test rows have not.";
  return [table("fold", test ? ["held-out", "test"] : ["held-out"], lines, validation.mean), ...spreads, ...(averaged ? gains(averaged, width) : []), wrap(note, width)].join("\n");
}

/** Of each output what averaging gains. */
function gains({ rows, mean, own, gain }: Averaged, width: number): string[] {
  return Object.entries(own.outputs ?? {}).map(([name, score]) => {
    const [alone, more] = [mean.outputs![name]!, gain.outputs![name]!];
    const accuracy = score.accuracy === null ? "" : `; accuracy ${percent(score.accuracy)}, one alone ${percent(alone.accuracy)} (${gainText(more.accuracy)})`;
    return wrap(`${rows} ${name}, averaged: loss ${measure(score.loss)}, one alone ${measure(alone.loss)}${accuracy}${metricsText(score.metrics)}`, width, "  ");
  });
}

function table(name: string, parts: readonly string[], lines: readonly Line[], like: Scored): string {
  const columns: Column[] = [
    { title: name, cell: ([text]) => text },
    ...(name === "member" ? [{ title: "seed", cell: ([, of]: Line) => (of ? String(of.seed) : "") }] : []),
    { title: "epoch", cell: ([, of]) => (of ? String(of.epoch) : "") },
  ];
  for (const [i, part] of parts.entries()) {
    columns.push({ title: `${part} loss`, cell: ([, , ...scores]) => (scores[i]?.loss === undefined ? "" : measure(scores[i].loss)) });
    if (like.accuracy !== null) columns.push({ title: `${part} accuracy`, cell: ([text, , ...scores]) => (scores[i] ? (text === "gain" ? gainText(scores[i].accuracy ?? null) : percent(scores[i].accuracy ?? null)) : "") });
  }
  for (const [i, part] of parts.entries()) {
    for (const [output, own] of Object.entries(like.outputs ?? {})) {
      columns.push({
        title: `${part} ${output}`,
        cell: ([text, , ...scores]) => {
          const score = scores[i]?.outputs?.[output];
          return !score ? "" : text === "gain" && "accuracy" in shownBy(own) ? gainText(score.accuracy) : cellOf(score);
        },
      });
    }
  }
  // Of folds they are told below: mean and deviation are what counts.
  if (name === "member") for (const metric of Object.keys(like.metrics ?? {})) columns.push({ title: metric, cell: ([, , score]) => (score?.metrics?.[metric] === undefined ? "" : measure(score.metrics[metric])) });
  const cells = columns.map((c) => [c.title, ...lines.map((line) => c.cell(line))]);
  const widths = cells.map((column) => Math.max(...column.map((cell) => cell.length)));
  // What has no room is in --json.
  let count = 0;
  for (let all = 0; count < columns.length && all + widths[count]! <= WIDEST; count++) all += widths[count]! + 2;
  return cells[0]!.map((_, i) => cells.slice(0, count).map((column, k) => column[i]!.padStart(widths[k]!)).join("  ").trimEnd()).join("\n");
}

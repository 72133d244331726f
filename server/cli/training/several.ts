import type { EndEvent, EpochEvent, FoldEvent, MemberEvent, Scored, StartEvent, Which } from "../../trainer/protocol.ts";
import { measure, percent, wrap } from "../text.ts";

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
    return table("member", [rows], lines, own!);
  }
  if (!folds) return undefined;
  const { validation, test, averaged } = folds;
  const lines: Line[] = [
    ...folds.folds.map((f): Line => [String(f.fold), f, f.validation ?? undefined, f.test ?? undefined]),
    ["mean", undefined, validation.mean, test?.mean], ["±", undefined, validation.deviation, test?.deviation],
    ...(averaged ? [["averaged", undefined, undefined, averaged.own], ["gain", undefined, undefined, averaged.gain]] satisfies Line[] : []),
  ];
  const metrics = [["held-out", validation] as const, ...(test ? [["test", test] as const] : [])].flatMap(([part, { mean, deviation }]) => {
    const all = Object.entries(mean.metrics ?? {}).map(([name, value]) => `${name} ${measure(value)} ± ${measure(deviation.metrics?.[name] ?? null)}`);
    return all.length === 0 ? [] : [wrap(`${part} ${all.join(", ")}`, width, "  ")];
  });
  const note = "± is the sample standard deviation. Held-out rows have chosen the epoch of their fold, which makes their scores a little too good; the test rows have not.";
  return [table("fold", test ? ["held-out", "test"] : ["held-out"], lines, validation.mean), ...metrics, wrap(note, width)].join("\n");
}

function table(name: string, parts: readonly string[], lines: readonly Line[], like: Scored): string {
  const columns: Column[] = [
    { title: name, cell: ([text]) => text },
    ...(name === "member" ? [{ title: "seed", cell: ([, of]: Line) => (of ? String(of.seed) : "") }] : []),
    { title: "epoch", cell: ([, of]) => (of ? String(of.epoch) : "") },
  ];
  for (const [i, part] of parts.entries()) {
    columns.push({ title: `${part} loss`, cell: ([, , ...scores]) => (scores[i]?.loss === undefined ? "" : measure(scores[i].loss)) });
    if (like.accuracy !== null) columns.push({ title: `${part} accuracy`, cell: ([text, , ...scores]) => (scores[i] ? share(scores[i].accuracy ?? null, text === "gain") : "") });
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

const share = (accuracy: number | null, isGain: boolean): string => (isGain && accuracy !== null ? `${accuracy < 0 ? "−" : "+"}${(100 * Math.abs(accuracy)).toFixed(1)} points` : percent(accuracy));

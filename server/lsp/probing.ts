import type { Model } from "../language/index.ts";
import { MOST, type Plan, Rehearsed, type Rehearsals, RehearsalsAtOnce } from "../language/rehearsal/index.ts";
import { goOn, leaveOff, type Probe, probeOf, type Probes } from "../language/signal/index.ts";
import { Wanted } from "./wanted.ts";

/** Multiplications between two messages: some milliseconds. */
const SLICE = 300_000;
/** Models and trainings of one text that are tried for its findings; of more the theory decides. */
const MOST_WANTED = 50;
/** A rehearsal takes a second or so. */
const MOST_REHEARSED = 8;

/**
 * Probes that checks, hovers and hints want, and then rehearsals of trainings: they go on while nobody types, and are left
 * off with the next change.
 */
export class Probing {
  private readonly probes: Wanted<Model, Probe>;
  private readonly rehearsals: Wanted<object, Rehearsed>;
  private readonly ended = new Set<string>();

  /** `asked` hears that something is wanted. */
  constructor(asked: () => void) {
    this.probes = new Wanted(MOST_WANTED, asked);
    this.rehearsals = new Wanted(MOST_REHEARSED, asked);
  }

  /** For the checks of one text. Nothing is computed while they run. */
  for(uri: string): Probes {
    return { of: (model, rows, basis) => this.probes.of(uri, model, () => probeOf(model, rows()), basis) };
  }

  /** The same. */
  rehearsalsFor(uri: string): Rehearsals {
    const begin = (plan: Plan | undefined): Rehearsed | undefined => plan && new Rehearsed(plan, MOST);
    return { of: (of, plan, basis) => this.rehearsals.of(uri, of, () => begin(plan()), basis), known: new RehearsalsAtOnce(0) };
  }

  /** This text has changed: what it wanted is not wanted any more, nor what a cursor asked for. */
  leave(uri: string): void {
    leaveOff();
    this.probes.leave(uri);
    this.rehearsals.leave(uri);
  }

  /** A slice of the work; false where there was none. */
  slice(): boolean {
    const ended = (uri: string): void => void this.ended.add(uri);
    return this.probes.slice(SLICE, ended) || goOn(SLICE) || this.rehearsals.slice(SLICE, ended);
  }

  /** Texts of which more is known since this was asked last. */
  take(): string[] {
    const uris = [...this.ended];
    this.ended.clear();
    return uris;
  }
}

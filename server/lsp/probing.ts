import type { Model } from "../language/index.ts";
import { goOn, leaveOff, type Probe, probeOf, type ProbeRows, type Probes } from "../language/signal/index.ts";

interface Wanted {
  readonly uri: string;
  readonly rows: () => ProbeRows | undefined;
  readonly basis: readonly unknown[];
  probe: Probe | undefined;
}

interface Done {
  readonly basis: readonly unknown[];
  readonly probe: Probe;
}

/** Multiplications between two messages: some milliseconds. */
const SLICE = 300_000;
/** Models of one text that are probed for its findings; of more the theory decides. */
const MOST_WANTED = 50;

/** Probes that checks, hovers and hints want: they go on while nobody types, and are left off with the next change. */
export class Probing {
  private readonly wanted = new Map<Model, Wanted>();
  private readonly done = new WeakMap<Model, Done>();
  private readonly ended = new Set<string>();
  private readonly asked: () => void;

  /** `asked` hears that something is wanted. */
  constructor(asked: () => void) {
    this.asked = asked;
  }

  /** For the checks of one text. Nothing is computed while they run. */
  for(uri: string): Probes {
    return {
      of: (model, rows, basis) => {
        const known = this.done.get(model);
        if (known && alike(known.basis, basis)) return known.probe;
        const before = this.wanted.get(model);
        if (!before && [...this.wanted.values()].filter((w) => w.uri === uri).length >= MOST_WANTED) return undefined;
        this.wanted.set(model, { uri, rows, basis, probe: before && alike(before.basis, basis) ? before.probe : undefined });
        this.asked();
        return "later";
      },
    };
  }

  /** This text has changed: what it wanted is not wanted any more, nor what a cursor asked for. */
  leave(uri: string): void {
    leaveOff();
    for (const [model, wanted] of this.wanted) if (wanted.uri === uri) this.wanted.delete(model);
  }

  /** A slice of the work; false where there was none. */
  slice(): boolean {
    for (const [model, wanted] of this.wanted) {
      const { uri, rows, basis } = wanted;
      const probe = (wanted.probe ??= probeOf(model, rows()));
      probe.complete(SLICE);
      if (!probe.over) return true;
      this.wanted.delete(model);
      this.done.set(model, { basis, probe });
      this.ended.add(uri);
      return true;
    }
    return goOn(SLICE);
  }

  /** Texts of which more is known since this was asked last. */
  take(): string[] {
    const uris = [...this.ended];
    this.ended.clear();
    return uris;
  }
}

const alike = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

import { forgettable } from "../forget.ts";
import { numberOf } from "../identity.ts";
import { contentOf } from "../signal/index.ts";
import { MOST, type Plan } from "./plan.ts";
import { lossOf, Rehearsal } from "./rehearsal.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** Whoever has trainings rehearsed, for those who need to know how they go. */
export interface Rehearsals {
  /**
   * A rehearsal that is over; "later" where one will be; undefined where none comes to an end. `of`: what is trained, one
   * object as long as it stays; `basis`: what else the plan follows from.
   */
  of(of: object, plan: () => Plan | undefined, basis: readonly unknown[]): Rehearsed | "later" | undefined;
  /** The same, of what has been rehearsed already. */
  readonly known: Rehearsals;
}

/** Learning rates that are tried where a training does not work, as factors. */
const RATES = { diverges: [0.1, 0.01, 1e-3], stalls: [10, 100, 0.1, 0.01], learns: [] } as const;

/** A rehearsal, and where its training would not work the first of some other learning rates that does. */
export class Rehearsed {
  readonly main: Rehearsal;
  private readonly most: number;
  private tried: { readonly rate: number; readonly rehearsal: Rehearsal } | undefined;
  private rates: number[] | undefined;
  private told: Verdict | undefined;
  /** A learning rate by which a rehearsal of the same steps comes far, and to which loss. */
  cure: { readonly rate: number; readonly steps: number; readonly loss: number } | undefined;

  constructor(plan: Plan, most: number) {
    this.most = most;
    this.main = kept(plan, most);
  }

  get verdict(): Verdict | undefined {
    return (this.told ??= verdictOf(this.main));
  }

  get over(): boolean {
    return this.main.over && this.rates?.length === 0 && this.tried === undefined;
  }

  /** Until it is over, or so much is spent; asked again, it goes on. Gives what was spent. */
  complete(most: number): number {
    let spent = 0;
    const go = (r: Rehearsal): boolean => {
      const before = r.spent;
      r.complete(most - spent);
      spent += r.spent - before;
      return r.over;
    };
    if (!go(this.main)) return spent;
    const { settings } = this.main.plan;
    const { args } = settings.optimizer;
    this.rates ??= RATES[this.verdict?.kind ?? "learns"].map((factor) => Number(((args["lr"] as number) * factor).toPrecision(6)));
    while (this.tried ?? this.rates.length > 0) {
      const rate: number = this.tried?.rate ?? this.rates.shift()!;
      this.tried ??= { rate, rehearsal: kept({ ...this.main.plan, settings: { ...settings, optimizer: { ...settings.optimizer, args: { ...args, lr: rate } } } }, this.most) };
      const { rehearsal } = this.tried;
      if (!go(rehearsal)) break;
      const last = rehearsal.moments[rehearsal.moments.length - 1];
      if (last && rehearsal.learns) [this.cure, this.rates] = [{ rate, steps: last.step, loss: lossOf(last) }, []];
      this.tried = undefined;
    }
    return spent;
  }
}

/** By what is trained, on what and how, so that the same training asked for again, or elsewhere, is not run again. */
const rehearsals = new Map<string, Rehearsal>();
const MOST_KEPT = 40;

function kept(plan: Plan, most: number): Rehearsal {
  const key = keyOf(plan, most);
  let rehearsal = rehearsals.get(key);
  if (!rehearsal) {
    if (rehearsals.size > MOST_KEPT) rehearsals.clear();
    rehearsals.set(key, (rehearsal = new Rehearsal(plan, most)));
  }
  return rehearsal;
}

const keyOf = ({ model, settings, source, read }: Plan, most: number): string => `${numberOf(source)} ${most}\n${read}\n${JSON.stringify(settings)}\n${contentOf(model)}`;

forgettable(() => rehearsals.clear());

/** Rehearsals that are run while one waits, within `all` multiplications and entries together. */
export class RehearsalsAtOnce implements Rehearsals {
  private left: number;
  private readonly most: number;

  /** `most`: for each. */
  constructor(all: number, most = MOST) {
    [this.left, this.most] = [all, most];
  }

  of(_of: object, plan: () => Plan | undefined): Rehearsed | undefined {
    const made = plan();
    if (!made) return undefined;
    const rehearsed = new Rehearsed(made, this.most);
    this.left -= rehearsed.complete(this.left);
    return rehearsed.main.over ? rehearsed : undefined;
  }

  get known(): Rehearsals {
    return new RehearsalsAtOnce(0, this.most);
  }
}

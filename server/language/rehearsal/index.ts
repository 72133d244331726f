export { isTooDear, MOST, type Plan } from "./plan.ts";
export { type Moment, Rehearsal } from "./rehearsal.ts";
export { Rehearsed, type Rehearsals, RehearsalsAtOnce } from "./rehearsals.ts";
export { type Verdict, verdictOf } from "./verdict.ts";

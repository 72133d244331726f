import { simpleCell } from "./cells.ts";
import { defineRecurrent } from "./recurrent.ts";

export const simple_rnn = defineRecurrent(simpleCell);

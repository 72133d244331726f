import { lstmCell } from "./cells.ts";
import { defineRecurrent } from "./recurrent.ts";

export const lstm = defineRecurrent(lstmCell);

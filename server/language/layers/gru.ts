import { gruCell } from "./cells.ts";
import { defineRecurrent } from "./recurrent.ts";

export const gru = defineRecurrent(gruCell);

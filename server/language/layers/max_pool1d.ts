import { definePooling } from "./pooling.ts";

export const max_pool1d = definePooling("max_pool1d", 1, "The largest entry of each window: keeps texture, and changes little under a small shift.", (ops, x, o) => ops.maxPool(x, o), "MaxPooling1D", "MaxPool1d");

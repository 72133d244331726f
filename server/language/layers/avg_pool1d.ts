import { definePooling } from "./pooling.ts";

export const avg_pool1d = definePooling("avg_pool1d", 1, "The mean of each window, padding not counted: keeps the background.", (ops, x, o) => ops.avgPool(x, o), "AveragePooling1D", "AvgPool1d");

import { definePooling } from "./pooling.ts";

export const avg_pool2d = definePooling("avg_pool2d", 2, "The mean of each window, padding not counted: keeps the background.", (ops, x, o) => ops.avgPool(x, o), "AveragePooling2D", "AvgPool2d");

import { definePooling } from "./pooling.ts";

export const avg_pool3d = definePooling("avg_pool3d", 3, "The mean of each window, padding not counted: keeps the background.", (ops, x, o) => ops.avgPool(x, o), "AveragePooling3D", "AvgPool3d");

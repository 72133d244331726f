import { defineAvgPool } from "./pooling.ts";

export const avg_pool2d = defineAvgPool(2);

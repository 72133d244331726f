import { defineAvgPool } from "./pooling.ts";

export const avg_pool1d = defineAvgPool(1);

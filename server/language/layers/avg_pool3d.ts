import { defineAvgPool } from "./pooling.ts";

export const avg_pool3d = defineAvgPool(3);

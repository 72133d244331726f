import { defineMaxPool } from "./pooling.ts";

export const max_pool1d = defineMaxPool(1);

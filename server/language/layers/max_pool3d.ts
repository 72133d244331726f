import { defineMaxPool } from "./pooling.ts";

export const max_pool3d = defineMaxPool(3);

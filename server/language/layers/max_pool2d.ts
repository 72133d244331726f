import { defineMaxPool } from "./pooling.ts";

export const max_pool2d = defineMaxPool(2);

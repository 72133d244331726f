import { definePooling } from "./pooling.ts";

export const max_pool3d = definePooling("max_pool3d", 3, "The largest entry of each window: keeps texture, and changes little under a small shift.", (ops, x, o) => ops.maxPool(x, o), "MaxPooling3D", "MaxPool3d");

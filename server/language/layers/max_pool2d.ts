import { definePooling } from "./pooling.ts";

export const max_pool2d = definePooling("max_pool2d", 2, "The largest entry of each window: keeps texture, and changes little under a small shift.", (ops, x, o) => ops.maxPool(x, o), "MaxPooling2D", "MaxPool2d");

import { defineUpsampling } from "./upsampling.ts";

export const upsample2d = defineUpsampling(2, "Repeats rows and columns (nearest neighbour): [h, w, c] → [h·f, w·f, c].", "How often each row and column is repeated.");

import { defineUpsampling } from "./upsampling.ts";

export const upsample1d = defineUpsampling(1, "Repeats positions (nearest neighbour): [n, c] → [n·f, c].", "How often each position is repeated.");

import { defineUpsampling } from "./upsampling.ts";

export const upsample3d = defineUpsampling(3, "Repeats the entries of a volume along each axis (nearest neighbour): [d, h, w, c] → [d·f, h·f, w·f, c].", "How often the entries of each axis are repeated.");

import { defineCropping } from "./sides.ts";

export const crop2d = defineCropping(2, { doc: "Takes rows and columns away at the edges.", entries: "Rows and columns", example: "input image [8, 8, 3]\ncrop2d(1)" });

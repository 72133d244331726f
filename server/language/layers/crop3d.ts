import { defineCropping } from "./sides.ts";

export const crop3d = defineCropping(3, { doc: "Takes planes, rows and columns away at the edges.", entries: "Planes, rows and columns", example: "input volume [6, 6, 6, 2]\ncrop3d(1)" });

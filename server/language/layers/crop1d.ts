import { defineCropping } from "./sides.ts";

export const crop1d = defineCropping(1, { doc: "Takes positions away at the ends of a sequence.", entries: "Positions", example: "input x [8, 3]\ncrop1d([1, 2])" });

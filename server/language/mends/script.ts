import type { Fix } from "../findings.ts";
import { isOpen, readScript, type Script, scriptText } from "../program/script.ts";
import type { Mendable } from "./cures.ts";
import type { Edits, Lines } from "./edits.ts";

/** Sides of the images that networks are written for, the usual ones first. */
const SIDES = [28, 32, 224, 64, 96, 128, 256, 227, 299, 48, 16, 8, 40, 50, 100, 150, 160, 180, 200, 512];

/** A script of Keras or PyTorch as the model that it defines, from its first line to the end of the text. */
export function asModel(first: number, edits: Edits): readonly Fix[] | undefined {
  const { text } = edits;
  const lines = Array.from({ length: text.lineCount - first }, (_, i) => text.lineText(first + i));
  const script = readScript(lines);
  if (!script) return undefined;
  let last = text.lineCount - 1;
  while (last > first && text.lineText(last).trim() === "") last--;
  const side = script.flat && isOpen(script) && "tried" in text ? sideOf(script, text as Lines & Mendable) : undefined;
  return [{ title: "Write it as a model", edits: [edits.replaceLines(first, last, scriptText(script, side))], unmasks: true }];
}

/** The side of which the network gives as many numbers as the script says behind its convolutions. */
function sideOf(script: Script, text: Mendable): number | undefined {
  return SIDES.find((side) => text.tried(scriptText(script, side, true)).findings.every((f) => f.severity !== "error"));
}

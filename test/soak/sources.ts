import { readFileSync } from "node:fs";
import { join } from "node:path";
import { goodTexts } from "../kit/samples.ts";

/** Samples, model fixtures, and the examples of docs/language.md. */
export function sources(): { name: string; text: string }[] {
  const page = readFileSync(join(import.meta.dirname, "../../docs/language.md"), "utf8");
  const examples = [...page.matchAll(/```nnet\n([\s\S]*?)```/g)].map(([, text], i) => ({ name: `docs/language.md, example ${i + 1}`, text: text! }));
  return [...goodTexts(), ...examples].map(({ name, text }) => ({ name, text: text.replace(/\r\n?/g, "\n") }));
}

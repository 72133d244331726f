import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Whether a path is a text's: `.nnet` itself is the folder of runs, which training makes beside it. */
export function isText(path: string): boolean {
  return /(^|\/)[^/.][^/]*\.nnet$/.test(path);
}

/** Every `.nnet` text of the project that is meant to be right: samples and model fixtures. */
export function goodTexts(): { name: string; text: string }[] {
  return textsIn("samples", "test/fixtures/models");
}

/** Those that are wrong on purpose as well. */
export function allTexts(): { name: string; text: string }[] {
  return textsIn("samples", "test/fixtures");
}

function textsIn(...folders: string[]): { name: string; text: string }[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter(isText)
      .map((f) => ({ name: `${folder}/${f}`, text: readFileSync(join(root, folder, f), "utf8") })),
  );
}

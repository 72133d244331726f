import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Every `.nnet` text of the project that is meant to be right: samples and model fixtures. */
export function goodTexts(): { name: string; text: string }[] {
  return ["samples", "test/fixtures/models"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      // `.nnet` itself is the folder of runs.
      .filter((f) => /(^|\/)[^/.][^/]*\.nnet$/.test(f))
      .map((f) => ({ name: `${folder}/${f}`, text: readFileSync(join(root, folder, f), "utf8") })),
  );
}

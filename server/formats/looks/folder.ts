import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { isImage } from "../../language/images.ts";
import { decode, fit, IMAGE } from "../images.ts";
import { Column } from "./column.ts";
import { Features, isMeasured } from "./features.ts";
import type { Steps } from "./steps.ts";

/** Names that are counted, and folders in which they stand. */
const MOST_FILES = 200_000;
const MOST_FOLDERS = 5_000;
/** Images that are decoded, in turn from each class, and bytes of them. */
const MOST_IMAGES = 48;
const MOST_BYTES = 4 << 20;
/** Larger images take too long: tens of milliseconds each. */
const LARGEST_BYTES = 1 << 18;
const MEGAPIXELS = 0.3;

/** Classes are folders, and each one's images are counted by their names; some small ones are decoded as training would. */
export const folder: Steps = function* ({ files, shape }) {
  const root = files["path"]!;
  const label = new Column(basename(root), MOST_FOLDERS);
  const names = readdirSync(root, { withFileTypes: true }).filter((e) => e.isDirectory() && !e.name.startsWith(".")).map((e) => e.name).sort();
  const classes: Class[] = [];
  let rows = 0;
  for (const name of names.slice(0, MOST_FOLDERS)) {
    if (rows >= MOST_FILES) break;
    const images = readdirSync(join(root, name)).filter((f) => IMAGE.test(f) && !f.startsWith(".")).sort();
    if (images.length > 0) label.word(name, images.length);
    rows += images.length;
    classes.push({ name, images: images.slice(0, MOST_IMAGES).map((f) => join(root, name, f)) });
    yield;
  }
  if (rows === 0) return undefined;
  const complete = classes.length === names.length;
  const features = shape && isImage(shape) && isMeasured(shape) ? new Features(shape) : undefined;
  const tried = [...inTurn(classes)].slice(0, MOST_IMAGES);
  if (features) yield* decoded(tried.map((t) => t.path), features, shape as [number, number, number]);
  return {
    rows, complete, total: complete ? rows : Math.round((rows * names.length) / classes.length), columns: features?.profile() ?? [], label: label.profile(rows),
    ...(features && { measured: features.measured, first: features.first, firstLabels: features.at.map((i) => tried[i]!.name) }),
  };
};

interface Class {
  readonly name: string;
  /** Paths. */
  readonly images: readonly string[];
}

function* decoded(paths: Iterable<string>, features: Features, [height, width, channels]: readonly [number, number, number]): Generator<void> {
  let bytes = 0;
  for (const path of paths) {
    if (bytes >= MOST_BYTES || features.measured * features.width > MOST_BYTES) return;
    try {
      const { size } = statSync(path);
      if (size > LARGEST_BYTES) {
        features.skip();
        continue;
      }
      bytes += size;
      features.add(fit(decode(readFileSync(path), MEGAPIXELS), height, width, channels));
    } catch {
      // Training says what is wrong with it.
      features.skip();
    }
    yield;
  }
}

/** One of each, then the next of each. */
function* inTurn(classes: readonly Class[]): Generator<{ readonly name: string; readonly path: string }> {
  for (let i = 0; classes.some((c) => i < c.images.length); i++) for (const { name, images } of classes) if (i < images.length) yield { name, path: images[i]! };
}

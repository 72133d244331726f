import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { decode, fit, IMAGE, type Image } from "../../../formats/images.ts";
import { TrainerError } from "../../errors.ts";
import { FileStamp } from "../file-stamp.ts";
import { isAbsent, pathFrom, unreadable } from "../files.ts";
import { LabelReader } from "../labels.ts";
import type { Raw, ReadRequest } from "../raw.ts";
import { Store } from "../store.ts";

/** Images in a folder a class, in the order of their names; in prediction one image, or those of one folder. */
export async function readFolder(request: ReadRequest): Promise<Raw> {
  const root = request.prediction?.file ?? pathFrom(request.folder, request.args["path"] as string);
  const { settings, expected } = request;
  const shape = settings.shape!;
  const [height, width, channels] = shape as readonly [number, number, number];
  const store = new Store(settings.memory, request.spill);
  const labels = expected && new LabelReader("the folder's name", "class", false);
  const images = request.prediction ? await imagesToPredict(root) : await imagesByClass(root);
  const stamp = new FileStamp();
  try {
    // A folder's own time tells of files that come or go.
    for (const folder of new Set(images.map(({ file }) => dirname(file)))) stamp.add(folder);
    for (const { file, label } of images) {
      stamp.add(file);
      const bytes = await readFile(file).catch((e: Error) => {
        throw unreadable(file, e);
      });
      store.pushAll(fit(decoded(bytes, file), height, width, channels));
      labels?.add(label, { file });
      await setImmediate();
    }
    return { file: root, rows: images.length, columns: undefined, width: height * width * channels, values: store.take(height * width * channels), shape, labels: labels && [labels.take()], parts: undefined, lines: undefined, places: undefined, files: stamp.take(), notes: [] };
  } catch (e) {
    store.discard();
    throw e;
  }
}

function decoded(bytes: Buffer, file: string): Image {
  try {
    return decode(bytes);
  } catch (e) {
    throw new TrainerError("data-malformed", (e as Error).message, { file });
  }
}

async function imagesByClass(root: string): Promise<{ file: string; label: string }[]> {
  const classes = (await entries(root)).filter((e) => e.isDirectory()).map((e) => e.name);
  if (classes.length === 0) throw new TrainerError("data-empty", `${root} has no folders; put the images of each class into one of its own, as in ${basename(root)}/cats/1.png`, { file: root });
  const found: { file: string; label: string }[] = [];
  for (const label of classes) {
    const folder = join(root, label);
    const names = (await entries(folder)).filter((e) => e.isFile() && IMAGE.test(e.name)).map((e) => e.name);
    if (names.length === 0) throw new TrainerError("data-empty", `folder ${label} has no .png or .jpg file; every folder of ${basename(root)} is a class`, { file: folder });
    for (const name of names) found.push({ file: join(folder, name), label });
  }
  return found;
}

async function imagesToPredict(path: string): Promise<{ file: string; label: string }[]> {
  const info = await stat(path).catch((e: NodeJS.ErrnoException) => {
    throw isAbsent(e) ? new TrainerError("data-missing", `there is no image or folder ${path}`, { file: path }) : unreadable(path, e);
  });
  if (info.isFile()) return [{ file: path, label: "" }];
  const names = (await entries(path)).filter((e) => e.isFile() && IMAGE.test(e.name)).map((e) => e.name);
  if (names.length === 0) throw new TrainerError("data-empty", `${path} has no .png or .jpg file`, { file: path });
  return names.map((name) => ({ file: join(path, name), label: "" }));
}

/** By name, hidden ones left out. */
async function entries(folder: string): Promise<Dirent[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch((e: NodeJS.ErrnoException) => {
    throw isAbsent(e) ? new TrainerError("data-missing", `there is no folder ${folder}; the path in source = folder("…") is relative to the .nnet file`, { file: folder }) : unreadable(folder, e);
  });
  return found.filter((e) => !e.name.startsWith(".")).sort((a, b) => (a.name < b.name ? -1 : 1));
}

import { createHash } from "node:crypto";
import { createReadStream, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAbsent, unreadable } from "./files.ts";

/** Files that a source names in its rows, or that lie in its folders: as they were when they were read. */
export interface NamedFilesRead {
  /** Absolute, in the order in which they were read. */
  readonly paths: readonly string[];
  /** Changes with the size and the time of any of them. */
  readonly stamp: string;
}

/** Takes files one after another, by path, size and time: what they hold is not read. */
export class FileStamp {
  readonly paths: string[] = [];
  private readonly hash = createHash("sha256");

  /** Before it is read, so that what is changed meanwhile is another. */
  add(path: string): void {
    this.paths.push(path);
    this.hash.update(aboutOf(path));
  }

  take(): NamedFilesRead {
    return { paths: this.paths, stamp: shortOf(this.hash) };
  }
}

const shortOf = (hash: ReturnType<typeof createHash>): string => hash.digest("hex").slice(0, 16);

function aboutOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return `${path}\0${found ? `${found.size} ${found.mtimeMs}` : ""}\n`;
}

/** Of the sources of a data block together; undefined where they are no more than the files that the block names. */
export function stampOf(sources: readonly { readonly files?: NamedFilesRead | undefined }[]): string | undefined {
  const stamps = sources.flatMap(({ files }) => (files ? [files.stamp] : []));
  return stamps.length === 0 ? undefined : joined(stamps);
}

const joined = (stamps: readonly string[]): string => shortOf(createHash("sha256").update(stamps.join()));

/** In the folder of a cache: each path with a zero behind it, and another one behind those of each source. */
const LIST = "files.txt";

export function writeList(folder: string, sources: readonly { readonly files?: NamedFilesRead | undefined }[]): void {
  for (const { files } of sources) if (files) writeFileSync(join(folder, LIST), `${files.paths.map((path) => `${path}\0`).join("")}\0`, { flag: "a" });
}

/** The stamp of the files of a list as they are now; undefined where there is none. */
export async function stampOfList(folder: string): Promise<string | undefined> {
  const stamps: string[] = [];
  let stamp = new FileStamp();
  let rest = "";
  try {
    for await (const text of createReadStream(join(folder, LIST), "utf8") as AsyncIterable<string>) {
      const paths = (rest + text).split("\0");
      rest = paths.pop()!;
      for (const path of paths) {
        if (path !== "") stamp.add(path);
        else {
          stamps.push(stamp.take().stamp);
          stamp = new FileStamp();
        }
      }
    }
  } catch (e) {
    if (isAbsent(e as NodeJS.ErrnoException)) return undefined;
    throw unreadable(join(folder, LIST), e as Error);
  }
  return joined(stamps);
}

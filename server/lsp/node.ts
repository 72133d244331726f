import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { startServer } from "./server.ts";
import type { Platform } from "./workspace.ts";

/** The server as a process: `--stdio`, `--node-ipc`, `--socket=PORT` or `--pipe=NAME`, read from the command line. */

/** A .nnet file past this is not read: nobody writes such a file by hand. */
const LARGEST = 8_000_000;

const pages = findPages();

const platform: Platform = {
  pathOf(uri) {
    try {
      return uri.startsWith("file:") ? fileURLToPath(uri) : undefined;
    } catch {
      return undefined;
    }
  },
  uriOf: (path) => (isAbsolute(path) ? pathToFileURL(path).href : path),
  resolve: (from, path) => resolve(dirname(from), path),
  contains(folder, path) {
    try {
      // A link must not lead out.
      const way = relative(realpathSync(folder), realpathSync(path));
      return way !== "" && !way.startsWith("..") && !isAbsolute(way);
    } catch {
      return false;
    }
  },
  read(path) {
    try {
      const about = statSync(path);
      return about.isFile() && about.size <= LARGEST ? readFileSync(path, "utf8") : undefined;
    } catch {
      return undefined;
    }
  },
  pageOf: (code) => pages.get(code),
};

startServer(createConnection(ProposedFeatures.all), platform);

/** docs/diagnostics, beside the bundle or two folders above this file. */
function findPages(): ReadonlyMap<string, string> {
  for (const above of ["..", "../.."]) {
    const folder = join(import.meta.dirname, above, "docs", "diagnostics");
    try {
      const files = readdirSync(folder).filter((f) => f.endsWith(".md"));
      return new Map(files.map((f) => [basename(f, ".md"), pathToFileURL(join(folder, f)).href]));
    } catch {
      // Not there: diagnostics go without a link.
    }
  }
  return new Map();
}

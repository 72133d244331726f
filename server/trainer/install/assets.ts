/**
 * The files an installation is made of, in the packages they come from: node_modules when run from a checkout,
 * dist/engine-src/ (copied there by scripts/build.mjs) when run from a bundle, which has no node_modules.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";

export interface Assets {
  /** tfjs-node's package: package.json, scripts/ and binding/ are read. */
  readonly tfjsNode: string;
  /** Node-API's headers: the addon uses nothing else of Node, so no headers of this Node's version are needed. */
  readonly nodeApi: string;
  /** An addon of our own that gives back what loading TensorFlow's library has read of its file. */
  readonly pages: string;
  /** Loads an addon in a child process and computes with it. */
  readonly smokeTest: string;
}

export function assets(): Assets {
  const bundled = join(import.meta.dirname, "engine-src");
  if (existsSync(bundled)) {
    return { tfjsNode: join(bundled, "tfjs-node"), nodeApi: join(bundled, "node-api"), pages: join(bundled, "pages.cc"), smokeTest: join(bundled, "smoke-test.cjs") };
  }
  const require = createRequire(join(import.meta.dirname, "assets.ts"));
  const folderOf = (name: string): string => dirname(require.resolve(`${name}/package.json`));
  return {
    tfjsNode: folderOf("@tensorflow/tfjs-node"),
    nodeApi: join(folderOf("node-api-headers"), "include"),
    pages: join(import.meta.dirname, "pages.cc"),
    smokeTest: join(import.meta.dirname, "smoke-test.cjs"),
  };
}

/** Of the JavaScript that will drive the addon: an addon made for another version is not taken. */
export function tfjsNodeVersion(): string {
  return (JSON.parse(readFileSync(join(assets().tfjsNode, "package.json"), "utf8")) as { version: string }).version;
}

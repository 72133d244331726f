/**
 * Where tfjs-node itself would download from: asked of its own install script, so that its rules per platform and
 * its environment variables (TFJS_NODE_CDN_STORAGE, TFJS_NODE_BASE_URI) hold, and no address is kept here.
 */
import { readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { join } from "node:path";
import { assets } from "./assets.ts";

export interface OwnUrls {
  /** An archive with include/ and lib/. */
  readonly library: string;
  /** An archive with the built addon. */
  readonly addon: string;
  /** The folder for the addon inside tfjs-node's package, from which it looks for ../../deps/lib. */
  readonly addonFolder: string;
}

/** Throws what tfjs-node's script throws for a platform it does not know. */
export function ownUrls(): OwnUrls {
  const scripts = join(assets().tfjsNode, "scripts");
  const { getPlatformLibtensorflowUri } = evaluate(join(scripts, "install.js"), (text) => {
    // The script's last line starts the download.
    return text.replace(/^run\(\);\s*$/m, "") + "\nmodule.exports = { getPlatformLibtensorflowUri };";
  }) as { getPlatformLibtensorflowUri: () => string };
  const { addonName } = evaluate(join(scripts, "get-addon-name.js")) as { addonName: string };
  const { version, binary } = JSON.parse(readFileSync(join(scripts, "..", "package.json"), "utf8")) as PackageJson;

  const napi = Math.max(...binary.napi_versions.filter((v) => v <= Number(process.versions.napi)));
  const fill = (s: string): string => s.replace("{napi_build_version}", String(napi)).replace("{version}", version);
  // node-pre-gyp's own variable for a mirror.
  const host = process.env[`npm_config_${binary.module_name}_binary_host_mirror`] ?? binary.host;
  return {
    library: getPlatformLibtensorflowUri(),
    addon: new URL(fill(binary.remote_path) + addonName, host.replace(/\/?$/, "/")).href,
    addonFolder: fill(binary.module_path),
  };
}

interface PackageJson {
  readonly version: string;
  readonly binary: { readonly host: string; readonly remote_path: string; readonly module_path: string; readonly module_name: string; readonly napi_versions: readonly number[] };
}

/** Runs one of tfjs-node's scripts, quietly and without the packages it downloads with. */
function evaluate(file: string, edit: (text: string) => string = (t) => t): unknown {
  const node = createRequire(file);
  const require = (name: string): unknown => {
    if (name.endsWith(".json")) return JSON.parse(readFileSync(node.resolve(name), "utf8"));
    if (isBuiltin(name)) return node(name);
    return name === "rimraf" || name === "./resources" ? () => undefined : evaluate(node.resolve(name));
  };
  const module = { exports: {} as unknown };
  const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };
  const own = { env: process.env, argv: ["node", file], versions: process.versions, platform: process.platform, arch: process.arch };
  new Function("require", "module", "exports", "console", "process", "__dirname", edit(readFileSync(file, "utf8")))(
    require, module, module.exports, silent, own, join(file, ".."));
  return module.exports;
}

/** What tfjs-node's own install script would download: an older TensorFlow, and the addon built for it. */
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { tfjsNodeVersion } from "./assets.ts";
import { buildAddon, findCompiler } from "./build.ts";
import { listed, sha256 } from "./files.ts";
import { download } from "./http.ts";
import { ownUrls } from "./own-urls.ts";
import { run } from "./run.ts";
import { smokeTest } from "./smoke.ts";
import type { Source } from "./sources.ts";
import { megabytes, oneLine, StageFailure, throwIfStopped, type Stage } from "./stages.ts";

export const fromOwnDownload: Source = {
  name: "tfjs-node's own download",
  async make(stage, folder) {
    if (stage.offline) throw new StageFailure("not tried, offline");
    let urls;
    try {
      urls = ownUrls();
    } catch (e) {
      throw new StageFailure(oneLine(e));
    }
    // The layout of tfjs-node's package: the addon looks for ../../deps/lib.
    const deps = join(folder, "deps");
    const archives = [await get(stage, urls.library, deps)];
    const addonFolder = join(folder, urls.addonFolder);
    const addon = join(addonFolder, "tfjs_binding.node");
    let built = "its addon";
    try {
      // The archive holds a folder of the same name.
      archives.push(await get(stage, urls.addon, join(addonFolder, "..")));
    } catch (e) {
      if (!(e instanceof StageFailure) || process.platform === "win32") throw e;
      built = "addon compiled here";
      await mkdir(addonFolder, { recursive: true });
      await compile(stage, deps, addon);
    }
    // Windows has no rpath: a library is looked for beside the addon.
    if (process.platform === "win32") await copyFile(join(deps, "lib", "tensorflow.dll"), join(addonFolder, "tensorflow.dll"));
    await rm(join(deps, "include"), { recursive: true, force: true });
    const tensorflow = await smokeTest(stage, addon);
    return {
      source: `tfjs-node's own download, ${built}`,
      versions: { tensorflow, "tfjs-node": tfjsNodeVersion() },
      addon: join(urls.addonFolder, "tfjs_binding.node"),
      files: await listed(folder),
      archives,
    };
  },
};

async function get(stage: Stage, url: string, target: string): Promise<{ name: string; sha256: string }> {
  const name = basename(new URL(url).pathname);
  await mkdir(target, { recursive: true });
  const archive = join(target, name);
  let said = -1;
  stage.report({ stage: "download", message: `downloading ${name}` });
  await download(url, archive, stage.signal, (done, total) => {
    const part = total === undefined ? Math.floor(done / 5e6) : Math.floor((done / total) * 50);
    if (part === said) return;
    said = part;
    stage.report({ stage: "download", message: `downloading ${name}, ${megabytes(done)}`, ...(total === undefined ? {} : { fraction: done / total }) });
  });
  const hash = await sha256(archive, stage.signal);
  stage.report({ stage: "unpack", message: `unpacking ${name}` });
  // Every system that has these archives has a tar; Windows' reads zip too.
  const ran = await run("tar", ["-xf", archive, "-C", target], { signal: stage.signal });
  throwIfStopped(stage.signal);
  if (ran.code !== 0) throw new StageFailure(`${name} can't be unpacked: ${oneLine(ran.stderr || (ran.failure ?? "tar failed"))}`);
  await rm(archive);
  return { name, sha256: hash };
}

async function compile(stage: Stage, deps: string, addon: string): Promise<void> {
  const compiler = await findCompiler(stage);
  const lib = join(deps, "lib");
  const libraries = (await readdir(lib)).filter((n) => /^libtensorflow(_framework)?(\.2)?\.(so|dylib)(\.2)?$/.test(n) && /2/.test(n));
  await buildAddon(stage, { compiler, include: join(deps, "include"), libraries: libraries.map((l) => join(lib, l)), libraryFolder: join("..", "..", "deps", "lib"), addon });
}

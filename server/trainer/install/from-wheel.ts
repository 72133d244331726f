/** TensorFlow out of its Python wheel, with the addon compiled against it. */
import { mkdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { tfjsNodeVersion } from "./assets.ts";
import { buildAddon, buildPages, findCompiler, isNeededHeader } from "./build.ts";
import { requireSpace } from "./cache.ts";
import { listed, sha256 } from "./files.ts";
import { downloadWheel, findPip } from "./pip.ts";
import { smokeTest } from "./smoke.ts";
import type { Made, Source } from "./sources.ts";
import { oneLine, StageFailure, throwIfStopped, type Stage } from "./stages.ts";
import { wheelFor, type Wheel } from "./wheels.ts";
import { extract } from "./zip.ts";

/** The wheel twice (pip's own copy), and what is unpacked. */
const spaceNeeded = 1_600_000_000;

export const fromWheel: Source = {
  name: "TensorFlow's wheel",
  async make(stage, folder) {
    const wheel = wheelFor(process.platform, process.arch);
    if (!wheel) throw new StageFailure(`there is none with a C++ library for ${process.platform}-${process.arch}`);
    // First what costs nothing to find missing.
    const compiler = await findCompiler(stage);
    const given = process.env["NNET_TENSORFLOW_WHEEL"];
    const pip = given ? undefined : await findPip(stage);
    await requireSpace(spaceNeeded);

    const work = join(folder, "work");
    await mkdir(work);
    const archive = given ?? (await downloadWheel(stage, pip!, wheel, work));
    await unpack(stage, archive, wheel, folder, join(work, "include"));
    const addon = "tfjs_binding.node";
    const libraries = wheel.libraries.map((l) => join(folder, l));
    await buildAddon(stage, { compiler, include: join(work, "include"), libraries, libraryFolder: "", addon: join(folder, addon) });
    await buildPages(stage, compiler, folder);
    await rm(work, { recursive: true });
    const tensorflow = await smokeTest(stage, join(folder, addon));
    return {
      source: `${wheel.package} ${wheel.version} wheel, addon compiled here`,
      versions: { tensorflow, "tfjs-node": tfjsNodeVersion() },
      addon,
      files: await listed(folder),
      archives: [{ name: basename(archive), sha256: wheel.sha256 }],
    } satisfies Made;
  },
};

async function unpack(stage: Stage, archive: string, wheel: Wheel, folder: string, include: string): Promise<void> {
  const say = (fraction: number): void => stage.report({ stage: "unpack", message: "unpacking the TensorFlow library", fraction });
  say(0);
  if (!(await stat(archive).catch(() => undefined))) throw new StageFailure(`NNET_TENSORFLOW_WHEEL names ${archive}, which is not there`);
  const hash = await sha256(archive, stage.signal);
  if (hash !== wheel.sha256) throw new StageFailure(`${basename(archive)} is not the expected wheel (sha256 ${hash} instead of ${wheel.sha256}), so it is not used`);
  const missing = new Set(wheel.libraries);
  const targetOf = (name: string): string | undefined => {
    const inner = name.replace(/^tensorflow\//, "");
    if (missing.delete(inner)) return join(folder, inner);
    const header = inner.replace(/^include\//, "");
    return header !== inner && isNeededHeader(header) ? join(include, header) : undefined;
  };
  let said = 0;
  try {
    await extract(archive, targetOf, stage.signal, (done, total) => {
      if (done / total - said < 0.02) return;
      say((said = done / total));
    });
  } catch (e) {
    throwIfStopped(stage.signal);
    if ((e as NodeJS.ErrnoException).code) throw e;
    throw new StageFailure(`${basename(archive)} can't be unpacked: ${oneLine(e)}`);
  }
  if (missing.size) throw new StageFailure(`${basename(archive)} lacks ${[...missing].join(", ")}`);
}

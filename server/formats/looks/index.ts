import type { DataProfile, ProfileRequest } from "../../language/index.ts";
import { idx, npy } from "./arrays.ts";
import { folder } from "./folder.ts";
import { npz } from "./npz.ts";
import { inSteps, type Look } from "./steps.ts";
import { table } from "./table.ts";

/** How each source that has files is looked at. */
export const looks: Readonly<Record<string, Look>> = { csv: table, tsv: table, text: table, idx: inSteps(idx), npy: inSteps(npy), npz: inSteps(npz), folder: inSteps(folder) };

/** A look at a source's files; undefined where they are not what it reads. Reads at once. */
export function profileNow(request: ProfileRequest): DataProfile | undefined {
  try {
    return looks[request.source]?.now(request);
  } catch {
    return undefined;
  }
}

/** The same in the background, in small steps. */
export async function profileLater(request: ProfileRequest): Promise<DataProfile | undefined> {
  try {
    return await looks[request.source]?.later(request);
  } catch {
    return undefined;
  }
}

import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Tests that start the bundled programs find them fresh. */
export default function setup(): void {
  const setUp = join(import.meta.dirname, "../../scripts/setup.mjs");
  execFileSync(process.execPath, ["--input-type=module", "-e", `import { ensureBuild } from ${JSON.stringify(setUp)}; await ensureBuild();`], { stdio: ["ignore", "inherit", "inherit"] });
}

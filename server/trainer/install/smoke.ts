/** Does this addon compute? Asked of a child process, which may crash. */
import { assets } from "./assets.ts";
import { run } from "./run.ts";
import { StageFailure, throwIfStopped, type Stage } from "./stages.ts";

/** TensorFlow's version, as the library itself says. */
export async function smokeTest(stage: Stage, addon: string): Promise<string> {
  stage.report({ stage: "test", message: "computing a matrix product and a convolution's gradient with it" });
  // ELECTRON_RUN_AS_NODE: inside an editor, execPath is the editor.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1", TF_CPP_MIN_LOG_LEVEL: "3", NODE_OPTIONS: "" };
  const ran = await run(process.execPath, [assets().smokeTest, addon], { signal: stage.signal, env, limitMs: 60_000 });
  throwIfStopped(stage.signal);
  const said = /\{"tensorflow":"([^"]+)"\}/.exec(ran.stdout)?.[1];
  if (ran.code === 0 && said !== undefined) return said;
  const words = /^(?:\w*Error: )(.*)$/m.exec(ran.stderr)?.[1] ?? ran.failure ?? `exit code ${ran.code ?? "?"}`;
  throw new StageFailure(`the library does not work here: ${words}`);
}

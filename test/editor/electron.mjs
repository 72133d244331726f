// The same suite in a desktop VS Code, for machines with a display that may download one: `npm run test:electron`.
import { runTests } from "@vscode/test-electron";
import { artifacts, bundleSuites, root, suite, withWorkspace } from "./prepare.mjs";

await bundleSuites();
await withWorkspace(({ folder }) =>
  runTests({
    extensionDevelopmentPath: root,
    extensionTestsPath: suite("index"),
    launchArgs: [folder, "--disable-extensions", "--disable-workspace-trust"],
    extensionTestsEnv: { NNET_TEST_ARTIFACTS: artifacts },
  }),
);

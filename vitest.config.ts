import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // test/editor runs inside an editor: see test/editor/run.mjs.
    exclude: ["test/editor/**", "node_modules/**"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: ["test/kit/built.ts"],
  },
});

// Correctness rules, and the dependency arrows of docs/architecture.md.
import tseslint from "typescript-eslint";

/** Files may import from the named parts of the project only. What is in no part of the project is a package. */
function mayImport(files, { folders, packages, except = [], why }) {
  const outside = ["server/language", "server/features", "server/lsp", "server/formats", "server/trainer", "server/cli", "client", "test", "scripts", "bench"].filter((f) => !folders.includes(f));
  return {
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            ...outside.map((f) => ({ regex: `^\\.\\.?/(.*/)?${f.replace(/^server\//, "")}/(?!${except.join("|") || "$"})`, message: why })),
            ...(packages ? [{ regex: `^(?!\\.)(?!(${packages.join("|")})$)`, message: `${why} Packages: ${packages.join(", ") || "none"}.` }] : []),
          ],
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**", ".cache/**", "**/*.cjs", "**/.nnet/**"] },
  tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["vitest.config.ts"] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": ["error", { allowForKnownSafeCalls: [{ from: "package", package: "node:test", name: "test" }] }],
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ["**/*.ts", "**/*.mjs"],
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" }],
    },
  },
  mayImport(["server/language/**"], { folders: ["server/language"], packages: ["chevrotain", "fastest-levenshtein"], why: "The language is pure: nothing outside its folder." }),
  mayImport(["server/features/**"], { folders: ["server/language", "server/features"], why: "Features read the language alone." }),
  mayImport(["server/formats/**"], { folders: ["server/language", "server/formats"], why: "Formats read the language alone." }),
  mayImport(["server/trainer/**"], { folders: ["server/language", "server/formats", "server/trainer"], why: "The trainer reads language and formats." }),
  mayImport(["server/lsp/**"], { folders: ["server/language", "server/features", "server/lsp"], except: ["(protocol|launch)\\.ts$"], why: "The server reads language and features." }),
  mayImport(["server/cli/**"], { folders: ["server/language", "server/formats", "server/cli"], except: ["(protocol|launch)\\.ts$", "install/"], why: "Of the trainer, the CLI knows protocol.ts, launch.ts and install/." }),
  mayImport(["client/**"], { folders: ["client"], except: ["(protocol|launch)\\.ts$"], why: "The client speaks with servers by messages." }),
);

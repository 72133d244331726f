// Correctness, and the dependency arrows of scripts/arrows.mjs. What the compiler already checks is not repeated.
import { relative, sep } from "node:path";
import tseslint from "typescript-eslint";
import { forbidden } from "./scripts/arrows.mjs";

const root = import.meta.dirname;

const arrows = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const file = relative(root, context.filename).split(sep).join("/");
    const look = (node) => {
      const types = (s) => s.importKind === "type" || s.exportKind === "type";
      const typeOnly = types(node) || (node.specifiers?.length > 0 && node.specifiers.every(types));
      const why = typeof node.source?.value === "string" ? forbidden(file, node.source.value, typeOnly) : undefined;
      if (why) context.report({ node: node.source, message: why });
    };
    return { ImportDeclaration: look, ImportExpression: look, ExportNamedDeclaration: look, ExportAllDeclaration: look };
  },
};

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "bench/peers/*/**/*.ts", ".cache/**", "**/*.cjs", "**/.nnet/**"] },
  tseslint.configs.recommended,
  {
    plugins: { nnet: { rules: { arrows } } },
    rules: {
      "nnet/arrows": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "@typescript-eslint/no-empty-object-type": "off",
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["vitest.config.ts"] }, tsconfigRootDir: root } },
    rules: {
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
    },
  },
);

// How the programs in dist/ are bundled: what scripts/build.mjs writes and bench/editor/size.mjs weighs.
import { build } from "esbuild";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { root } from "./sources.mjs";

const require = createRequire(import.meta.url);

export const tfjsNode = dirname(require.resolve("@tensorflow/tfjs-node/package.json"));

/**
 * tfjs-node's entry point brings the whole of tfjs (layers, converters, three backends) and finds its addon beside
 * itself. server/trainer/engines/tensorflow/load.ts takes its backend and SavedModel session only, with the addon
 * where `nnet engine install` has put it.
 */
const tfjsNodeTrimmed = {
  name: "tfjs-node-trimmed",
  setup(b) {
    b.onResolve({ filter: /^@tensorflow\/tfjs$/ }, () => b.resolve("@tensorflow/tfjs-core", { kind: "require-call", resolveDir: root }));
    // Its backend is an ES5 class, which can't call the constructor of tfjs-core's ES2017 class as a function.
    b.onLoad({ filter: /tfjs-node[\\/]dist[\\/]nodejs_kernel_backend\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const contents = text.replace("_super.call(this) || this", "Reflect.construct(_super, [], NodeJSKernelBackend)");
      if (contents === text) throw new Error(`${path} is not as expected: see tfjsNodeTrimmed in scripts/build.mjs`);
      return { contents, loader: "js" };
    });
  },
};

/** What the extension and the server both need of the protocol's packages is one file beside them: dist/protocol.cjs. */
const protocolShared = {
  name: "protocol-shared",
  setup(b) {
    b.onResolve({ filter: /^vscode-(languageserver-protocol|jsonrpc)(\/node)?$/ }, ({ importer, kind }) => {
      if (kind === "entry-point" || /node_modules[\\/]vscode-(languageserver-protocol|jsonrpc)[\\/]/.test(importer)) return undefined;
      return { path: "./protocol.cjs", external: true };
    });
  },
};

/** A dynamic import of what is a bundle of its own loads that one: what looks at data files, once there is one; what comes behind a start. */
const loadedLater = {
  name: "loaded-later",
  setup(b) {
    b.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      const bundle = kind === "dynamic-import" && programs.find(([, source]) => join(root, source) === join(resolveDir, path));
      return bundle ? { path: `./${bundle[0]}.cjs`, external: true } : undefined;
    });
  },
};

/**
 * The language client brings semver to ask whether VS Code is new enough, which the manifest has made sure of before the
 * extension is loaded: `engines.vscode` of package.json asks for no less.
 */
const versionKnown = {
  name: "version-known",
  setup(b) {
    const client = readFileSync(require.resolve("vscode-languageclient/node"), "utf8");
    const minor = (range) => Number(/^\^1\.(\d+)\./.exec(range ?? "")?.[1]);
    const needed = /REQUIRED_VSCODE_VERSION = '([^']+)'/.exec(client)?.[1];
    const asked = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.vscode;
    if (!(minor(asked) >= minor(needed))) throw new Error(`package.json asks for VS Code ${asked}, the language client for ${needed}: see versionKnown in scripts/bundles.mjs`);
    b.onResolve({ filter: /^semver\/functions\/(parse|satisfies)$/ }, ({ path }) => ({ path, namespace: "version-known" }));
    b.onLoad({ filter: /./, namespace: "version-known" }, ({ path }) => ({ contents: path.endsWith("parse") ? "module.exports = (version) => ({ version });" : "module.exports = () => true;" }));
  },
};

/**
 * Parts of packages that nothing here comes to, a twentieth of what the editor loads: features that the server does not
 * offer, or offers by their request's name, notebooks (the document selector of client/features/language names files and untitled texts), patterns (it has
 * none, and no file operation is registered), how a server finds modules of JavaScript, and the validation of a grammar
 * that does not change. What stands in for a part throws, or does nothing, where it is come to after all.
 */
const leftOut = {
  name: "left-out",
  setup(b) {
    const away = (filter, importer, file) => b.onResolve({ filter }, (args) => (importer.test(args.importer) ? { path: join(root, "scripts/left-out", file) } : undefined));
    away(/^\.\/notebook$/, /vscode-languageclient[\\/]lib[\\/]common[\\/]/, "client-notebook.cjs");
    away(/^\.\/notebook$/, /vscode-languageserver[\\/]lib[\\/]common[\\/]/, "server-notebook.cjs");
    away(/^\.\/progress$/, /vscode-languageserver[\\/]lib[\\/]common[\\/]/, "server-progress.cjs");
    away(/^\.\/files$/, /vscode-languageserver[\\/]lib[\\/]node[\\/]/, "server-files.cjs");
    away(/^\.\/(?:callHierarchy|fileOperations|foldingRange|inlineCompletion|inlineValue|linkedEditingRange|moniker|semanticTokens|textDocumentContent|textDocuments|typeHierarchy)$/, /vscode-languageserver[\\/]lib[\\/]common[\\/]/, "server-feature.cjs");
    away(/^\.\/(?:executeCommand|fileOperations|colorProvider|typeHierarchy|inlineValue|typeDefinition|implementation|declaration|inlineCompletion|textDocumentContent)$/, /vscode-languageclient[\\/]lib[\\/]common[\\/]client\.js$/, "client-feature.cjs");
    away(/^\.\/protocol\.notebook$/, /vscode-languageserver-protocol[\\/]lib[\\/]common[\\/]/, "protocol-notebook.cjs");
    away(/^\.\/protocol\.fileOperations$/, /vscode-languageserver-protocol[\\/]lib[\\/]common[\\/]/, "nothing.cjs");
    away(/^\.\/protocol\.(?:typeHierarchy|inlineValue|colorProvider|moniker|implementation|typeDefinition|declaration|inlineCompletion|textDocumentContent)$/, /vscode-languageserver-protocol[\\/]lib[\\/]common[\\/]/, "nothing.cjs");
    away(/^\.\/sharedArrayCancellation$/, /vscode-jsonrpc[\\/]lib[\\/]common[\\/]/, "nothing.cjs");
    away(/[\\/]checks\.js$/, /chevrotain[\\/]lib[\\/]src[\\/]parse[\\/]/, "grammar-checks.mjs");
    away(/[\\/](?:reg_exp|reg_exp_parser)\.js$|^@chevrotain[\\/]regexp-to-ast$/, /chevrotain[\\/]lib[\\/]src[\\/]scan[\\/]/, "token-patterns.mjs");
    away(/^\.\/progressPart$/, /vscode-languageclient[\\/]lib[\\/]common[\\/]/, "client-progress.cjs");
    away(/^vscode-languageserver-textdocument$/, /vscode-languageclient[\\/]lib[\\/]common[\\/]/, "client-snapshot.cjs");
    away(/[\\/]cst_visitor\.js$/, /chevrotain[\\/]lib[\\/]src[\\/]parse[\\/]/, "syntax-trees.mjs");
    away(/^minimatch$/, /vscode-languageclient[\\/]/, "minimatch.cjs");
  },
};

/** Of the language client and server and what they bring, whatever of it is bundled. */
function protocolSources() {
  const folders = ["vscode-languageclient", "vscode-languageserver", "vscode-languageserver-protocol", "vscode-jsonrpc"].flatMap((name) => ["../common", "."].map((f) => join(dirname(require.resolve(`${name}/node`)), f)));
  return folders.flatMap((folder) => readdirSync(folder).filter((f) => f.endsWith(".js")).map((f) => readFileSync(join(folder, f), "utf8"))).join("\n");
}

/** Of the protocol's types come those that its packages name, and what these name. */
const typesNamed = {
  name: "types-named",
  setup(b) {
    b.onLoad({ filter: /vscode-languageserver-types[\\/]lib[\\/]esm[\\/]main\.js$/ }, ({ path }) => {
      const parts = new Map(readFileSync(path, "utf8").split(/^(?=(?:export )?(?:var|const|class) \w)/m).map((text) => [/^(?:export )?(?:var|const|class) (\w+)/.exec(text)?.[1], text]));
      const asked = protocolSources();
      const kept = new Set([undefined]);
      const keep = (name) => {
        if (kept.has(name) || !parts.has(name)) return;
        kept.add(name);
        for (const [word] of parts.get(name).replace(/\/\*[^]*?\*\//g, "").matchAll(/\b[A-Z]\w+/gi)) keep(word);
      };
      // `code.Range` is VS Code's own.
      for (const [, name] of asked.matchAll(/\b(?!code\b|vscode\b|vscode_1\b)\w+\.([A-Za-z]\w+)/g)) keep(name);
      return { contents: [...parts].filter(([name]) => kept.has(name)).map(([, text]) => text).join(""), loader: "js" };
    });
  },
};

/**
 * The protocol's packages were compiled without `importHelpers`: the same functions stand in each of their files. They are
 * taken out of all of them and stand once in a bundle, as they were written.
 */
const helpersOnce = {
  name: "helpers-once",
  setup(b) {
    const HELPER = /^var (__(?:createBinding|setModuleDefault|importStar|exportStar)) = \(this && this\.\1\)[^]*?^\}.*;$/gm;
    const sample = readFileSync(join(dirname(require.resolve("vscode-languageclient/node")), "../common/features.js"), "utf8") + readFileSync(join(dirname(require.resolve("vscode-languageclient/node")), "../common/api.js"), "utf8");
    const known = new Map([...sample.matchAll(HELPER)].map(([text, name]) => [name, text]));
    b.onLoad({ filter: /[\\/]vscode-(?:languageclient|languageserver|languageserver-protocol|jsonrpc)[\\/]lib[\\/](?:common|node)[\\/].*\.js$/ }, ({ path }) => {
      const found = [];
      const rest = readFileSync(path, "utf8").replace(HELPER, (text, name) => (known.get(name) === text && found.push(name) ? "" : text));
      return { contents: found.length > 0 ? `const { ${found.join(", ")} } = require("ts-helpers");\n${rest}` : rest, loader: "js" };
    });
    b.onResolve({ filter: /^ts-helpers$/ }, ({ path }) => ({ path, namespace: "helpers-once" }));
    b.onLoad({ filter: /./, namespace: "helpers-once" }, () => ({ contents: `${[...known.values()].join("\n")}\nmodule.exports = { ${[...known.keys()].join(", ")} };` }));
  },
};

const programs = Object.entries({
  extension: "client/extension.ts",
  server: "server/lsp/main.ts",
  service: "server/lsp/node.ts",
  looks: "server/formats/looks/index.ts",
  cli: "server/cli/main.ts",
  commands: "server/cli/command.ts",
  trainer: "server/trainer/main.ts",
  training: "server/trainer/process.ts",
}).filter(([, path]) => existsSync(join(root, path)));

/** What VS Code runs of the extension but for training. */
export const EDITOR = ["extension.cjs", "server.cjs", "service.cjs", "protocol.cjs"];

/** The files of dist/; smaller for the .vsix, and then without source maps that fit. */
export async function bundled({ minify }) {
  const built = async (options) => (await build({ ...options, write: false })).outputFiles;
  if (!minify) return built(bundles({ minify }));
  const isEditor = (name) => EDITOR.includes(`${name}.cjs`);
  // What these call this._client or this._listeners is their own, and gets a short name; what Node calls _transform keeps it.
  const own = new Set([...protocolSources().matchAll(/\bthis\.(_[a-z]\w*)/g)].map(([, name]) => name));
  const editor = await built({ ...bundles({ minify, isWanted: isEditor }), mangleProps: new RegExp(`^(?:${[...own].join("|")})$`) });
  const others = await built(bundles({ minify, isWanted: (name) => !isEditor(name) }));
  return Promise.all([...editor.filter((f) => f.path.endsWith(".cjs")), ...others].map(minified));
}

/** What the editor loads is minified once more, by which a fiftieth is saved: esbuild leaves expressions as they are. */
async function minified({ path, contents, text }) {
  if (!EDITOR.includes(basename(path))) return { path, contents };
  const { minify } = await import("@swc/core");
  const { code } = await minify(text, { ecma: 2020, toplevel: true, compress: { passes: 2 }, mangle: true, module: false });
  return { path, contents: Buffer.from(code) };
}

/** For esbuild. */
export function bundles({ minify, isWanted = () => true }) {
  const all = { ...Object.fromEntries(programs), protocol: "vscode-languageserver-protocol/node" };
  return {
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(all).filter(([name]) => isWanted(name))),
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    // By require: Node's loader of modules would read a bundle twice to find what it exports.
    supported: { "dynamic-import": false },
    // ESM first: some UMD builds hide their requires from the bundler.
    mainFields: ["module", "main"],
    external: ["vscode"],
    // Sources find the files beside them by it; in the bundle, "beside" is dist/.
    define: { "import.meta.dirname": "__dirname" },
    sourcemap: true,
    minify,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    plugins: [tfjsNodeTrimmed, protocolShared, loadedLater, versionKnown, leftOut, typesNamed, helpersOnce],
  };
}

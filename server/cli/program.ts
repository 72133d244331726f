import { Command, InvalidArgumentError, Option } from "commander";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExitCode } from "./exit.ts";

const WIDTH = 80;

/**
 * The command line. Each command's work is imported when it runs, so that `check` does not wait for what `train` needs.
 * `done` hears the exit code.
 */
export function program(done: (code: ExitCode) => void): Command {
  const root = new Command("nnet")
    .description("Design neural networks as text: check shapes, count parameters, train.")
    .version(version(), "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureHelp({ helpWidth: Math.min(WIDTH, process.stdout.columns || WIDTH) })
    .addHelpText("after", "\nExamples:\n  $ nnet check samples\n  $ nnet summary samples/digits.nnet\n  $ nnet train samples/digits.nnet --epochs 5\n\nExit code: 0 fine, 1 findings or a failed run, 2 misuse.")
    .showHelpAfterError("(--help says what there is)")
    .exitOverride();
  /** A sub-command inherits how errors and helps are handled. */
  const command = (name: string, summary: string, description: string, examples: readonly string[]): Command =>
    root.command(name).summary(summary).description(description).addHelpText("after", `\nExamples:\n${examples.map((e) => `  $ nnet ${e}`).join("\n")}`);

  command("check", "report what is wrong in .nnet files", "Report what is wrong in .nnet files: shapes that do not fit, unknown names, and what would train badly. A folder stands for every .nnet file in it.", ["check samples/digits.nnet", "check samples --json", "check --explain kernel-too-large"])
    .argument("[file...]", "files or folders")
    .option("--json", "print one JSON object: { diagnostics: [...] }, lines and columns from 1")
    .option("--explain <code>", "print what a diagnostic means and what to do")
    .addHelpText("after", "\nExit code: 0 nothing found, 1 errors or warnings, 2 misuse. Information and\nhints are shown and do not count.")
    .action(async (files: string[], options: { json?: true; explain?: string }) => done(await (await import("./commands/check.ts")).check(files, options)));

  command("summary", "show a model's layers, shapes and parameter counts", "Show a model's layers: shapes, parameters, multiply-accumulate operations (MACs).", ["summary samples/digits.nnet", "summary samples/digits.nnet --model LeNet --json"])
    .argument("<file...>", "files or folders")
    .option("-m, --model <name>", "only the model of this name")
    .option("--json", "print one JSON object: { models: [...] }")
    .addHelpText("after", "\nExit code: 0 fine, 1 the file has errors (what is known is shown), 2 misuse.")
    .action(async (files: string[], options: { json?: true; model?: string }) => done(await (await import("./commands/summary.ts")).summary(files, options)));

  command("format", "print or write files in their standard form", "Print a file in its standard form. Only spaces and line ends change; a file with a syntax error is left as it is.", ["format my.nnet", "format --write samples", "format --check samples", "format --stdin < my.nnet"])
    .argument("[file...]", "files or folders")
    .addOption(new Option("-w, --write", "change the files").conflicts(["check", "stdin"]))
    .addOption(new Option("--check", "name the files that would change, and exit with 1 if there are any").conflicts(["stdin"]))
    .option("--stdin", "read the text from standard input")
    .addHelpText("after", "\nExit code: 0 fine, 1 a syntax error or (--check) something to do, 2 misuse.")
    .action(async (files: string[], options: { write?: true; check?: true; stdin?: true }) => done(await (await import("./commands/format.ts")).format(files, options)));

  command("train", "run the `train` block of a file", "Run the `train` block of a file and write the best weights. Ctrl-C stops it and keeps them; a second Ctrl-C ends it at once.", ["train samples/digits.nnet", "train samples/digits.nnet --epochs 3 --engine portable", "train samples/digits.nnet --out runs --json", "train samples/digits.nnet --resume"])
    .argument("<file>", "a .nnet file with a `train` block")
    .option("-m, --model <name>", "the model to train, where the file trains several")
    .option("-e, --epochs <n>", "instead of the block's `epochs`", wholeNumber)
    .addOption(engine())
    .option("-o, --out <folder>", "where the weights go (default: .nnet/runs beside the file)")
    .option("--measure <n>", "measure the layers every n epochs and print what they are like; 0: never (default: as often as costs little, told with --json alone)", (text) => (text === "0" ? 0 : wholeNumber(text)))
    .option("-r, --resume", "go on with the run that was stopped or killed")
    .option("--json", "print one JSON object a line: start, epoch, measure, end, warning, error")
    .addHelpText("after", "\nExit code: 0 trained, 1 the run failed or was stopped, 2 misuse.")
    .action(async (file: string, options: TrainOptions) => done(await (await import("./commands/train.ts")).train(file, options)));

  command("predict", "predict rows with trained weights", "Predict the rows of a file (or images of a folder) with trained weights.", ["predict samples/digits.nnet --data new.csv", "predict samples/digits.nnet --data new.csv --json"])
    .argument("<file>", "the .nnet file that was trained")
    .requiredOption("-d, --data <path>", "rows in the format of the block's source, without labels: a file, or for images a folder")
    .option("-w, --weights <file>", "a .safetensors file (default: the newest of the file's runs)")
    .option("-m, --model <name>", "the model, where the file trains several")
    .addOption(engine())
    .option("--json", "print one JSON object a line")
    .action(async (file: string, options: PredictOptions) => done(await (await import("./commands/predict.ts")).predict(file, options)));

  const engines = command("engine", "say which engine trains here; install the fast one", "Say which engine trains here, or install the fast one.", ["engine status", "engine install"]);
  engines.command("status").description("say which engine trains here, and why").option("--json", "print one JSON object")
    .action(async (options: { json?: true }) => done(await (await import("./commands/engine.ts")).status(options)));
  engines.command("install").description("get TensorFlow's native library into the user's cache (about 290 MB, once)").option("--json", "print one JSON object a line").option("--offline", "use nothing but what is on this machine")
    .action(async (options: { json?: true; offline?: true }) => done(await (await import("./commands/engine.ts")).install(options)));

  command("lsp", "start the language server, for editors", "Start the language server, for editors.", ["lsp --stdio"])
    .option("--stdio", "speak over standard input and output (the default)")
    .option("--node-ipc", "speak over Node's channel to its parent")
    .option("--socket <port>", "connect to a port of this machine", port)
    .option("--pipe <name>", "connect to a named pipe, or a socket in the file system")
    .action(async (options: LspOptions) => (await import("./commands/lsp.ts")).lsp(options));
  return root;
}

export interface TrainOptions {
  readonly model?: string;
  readonly epochs?: number;
  readonly engine: "auto" | "tensorflow" | "portable";
  readonly out?: string;
  readonly measure?: number;
  readonly resume?: true;
  readonly json?: true;
}

export interface PredictOptions {
  readonly data: string;
  readonly weights?: string;
  readonly model?: string;
  readonly engine: "auto" | "tensorflow" | "portable";
  readonly json?: true;
}

export interface LspOptions {
  readonly nodeIpc?: true;
  readonly socket?: number;
  readonly pipe?: string;
}

function engine(): Option {
  return new Option("--engine <engine>", "what computes").choices(["auto", "tensorflow", "portable"]).default("auto");
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1.");
  return Number(text);
}

function port(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError("Expected a port, from 1 to 65535.");
  return Number(text);
}

function version(): string {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as { version: string };
  return version;
}

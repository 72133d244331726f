import { CommanderError } from "commander";
import { exit, Misuse } from "./exit.ts";
import { program } from "./program.ts";

// `nnet check … | head` closes the pipe early: nobody is left to tell.
process.stdout.on("error", (e: NodeJS.ErrnoException) => {
  if (e.code === "EPIPE") process.exit(exit.fine);
  process.stderr.write(`nnet: standard output can't be written: ${e.message}\n`);
  process.exit(exit.findings);
});

/** Sets the exit code instead of leaving at once, so that what was written to a pipe arrives. */
async function main(): Promise<void> {
  try {
    await program((code) => (process.exitCode = code)).parseAsync(process.argv);
  } catch (e) {
    if (e instanceof CommanderError) {
      process.exitCode = e.exitCode === 0 ? exit.fine : exit.misuse;
    } else if (e instanceof Misuse) {
      process.stderr.write(`nnet: ${e.message}\n`);
      process.exitCode = exit.misuse;
    } else {
      process.stderr.write(`nnet: ${e instanceof Error ? (e.stack ?? e.message) : String(e)}\nThis is a fault of nnet, not of your file.\n`);
      process.exitCode = exit.findings;
    }
  }
}

void main();

import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processorTime } from "../../bench/editor/processor.mjs";
import { Editor } from "../kit/editor.ts";

/** Megabytes in use after a collection, and the seconds of processor time so far. */
export interface Usage {
  readonly heap: number;
  /** Of it what V8 has compiled. */
  readonly code: number;
  readonly resident: number;
  readonly seconds: number;
}

/** The built server, watched: its memory and processor time are its own words (probe.mjs). */
export class Server {
  readonly editor: Editor;
  private static started = 0;
  private readonly report = join(tmpdir(), `nnet-soak-${process.pid}-${Server.started++}.json`);
  private asked = 0;

  constructor(program = join(import.meta.dirname, "../../dist/server.cjs")) {
    process.env.NNET_SOAK_REPORT = this.report;
    this.editor = new Editor(["--expose-gc", "--import", join(import.meta.dirname, "probe.mjs"), program, "--stdio"]);
  }

  get alive(): boolean {
    return this.editor.process.exitCode === null && this.editor.process.signalCode === null;
  }

  /** Milliseconds of processor time so far. */
  processor(): number {
    return processorTime(this.editor.process.pid);
  }

  async usage(): Promise<Usage> {
    this.asked++;
    this.editor.process.kill("SIGUSR2");
    for (;;) {
      await sleep(20);
      try {
        const { asked, ...usage } = JSON.parse(readFileSync(this.report, "utf8")) as Usage & { asked: number };
        if (asked === this.asked) return usage;
      } catch {
        // Not written yet, or not to its end.
      }
      if (!this.alive) throw new Error("the server has ended");
    }
  }

  end(): void {
    this.editor.kill();
    rmSync(this.report, { force: true });
  }
}

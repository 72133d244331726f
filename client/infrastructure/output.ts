import { type OutputChannel, window } from "vscode";

/** An output channel that is made when it is first written to or shown. */
export class LazyOutput {
  private readonly name: string;
  private channel: OutputChannel | undefined;

  constructor(name: string) {
    this.name = name;
  }

  line(text = ""): void {
    this.open().appendLine(text);
  }

  show(): void {
    this.open().show(true);
  }

  dispose(): void {
    this.channel?.dispose();
  }

  private open(): OutputChannel {
    return (this.channel ??= window.createOutputChannel(this.name));
  }
}

import { EventEmitter, type Uri } from "vscode";
import { launchTrainer, type TrainerHandle } from "../../../server/trainer/launch.ts";
import type { EndEvent, EpochEvent, ErrorEvent, StartEvent, StepEvent, TrainRequest, TrainerEvent } from "../../../server/trainer/protocol.ts";

/** What is known of a run: grows while it runs. Exactly one of `end` and `error` is set at its end. */
export interface RunResult {
  readonly uri: Uri;
  /** The model's name once known. */
  readonly model: string | undefined;
  readonly start: StartEvent | undefined;
  readonly epochs: readonly EpochEvent[];
  readonly end: EndEvent | undefined;
  readonly error: ErrorEvent | undefined;
  readonly seconds: number;
}

export class Run implements RunResult {
  readonly uri: Uri;
  readonly epochs: EpochEvent[] = [];
  model: string | undefined;
  start: StartEvent | undefined;
  step: StepEvent | undefined;
  end: EndEvent | undefined;
  error: ErrorEvent | undefined;
  /** When the last event has come; the process may still be on its way out. */
  readonly ended: Promise<void>;
  /** When the process is gone too. */
  readonly done: Promise<RunResult>;
  private readonly handle: TrainerHandle;
  private readonly began = Date.now();
  private took: number | undefined;

  constructor(uri: Uri, request: TrainRequest, onEvent: (run: Run, event: TrainerEvent) => void) {
    this.uri = uri;
    this.model = request.model;
    let resolve: () => void;
    this.ended = new Promise((r) => (resolve = r));
    this.handle = launchTrainer(request, (event) => {
      this.take(event);
      onEvent(this, event);
      if (this.end || this.error) resolve();
    });
    this.done = this.handle.done.then(() => this);
  }

  get seconds(): number {
    return this.took ?? (Date.now() - this.began) / 1000;
  }

  cancel(): void {
    this.handle.cancel();
  }

  private take(event: TrainerEvent): void {
    if (event.event === "start") {
      this.start = event;
      this.model = event.run ?? event.model;
    } else if (event.event === "step") this.step = event;
    else if (event.event === "epoch") this.epochs.push(event);
    else if (event.event === "end") this.end = event;
    else if (event.event === "error") this.error = event;
    if (this.end || this.error) this.took ??= this.seconds;
  }
}

/** All runs of this window; at most one per file. The views listen here. */
export class Runs {
  private readonly active = new Map<string, Run>();
  private readonly started = new EventEmitter<Run>();
  private readonly happened = new EventEmitter<{ readonly run: Run; readonly event: TrainerEvent }>();
  private readonly ended = new EventEmitter<Run>();
  readonly onDidStart = this.started.event;
  readonly onDidHappen = this.happened.event;
  readonly onDidEnd = this.ended.event;
  last: Run | undefined;

  start(uri: Uri, request: TrainRequest): Run {
    const run = new Run(uri, request, (which, event) => this.happened.fire({ run: which, event }));
    this.active.set(uri.toString(), run);
    this.started.fire(run);
    void run.done.then(() => {
      this.active.delete(uri.toString());
      this.last = run;
      this.ended.fire(run);
    });
    return run;
  }

  of(uri: Uri): Run | undefined {
    return this.active.get(uri.toString());
  }

  all(): readonly Run[] {
    return [...this.active.values()];
  }

  dispose(): void {
    for (const run of this.active.values()) run.cancel();
    for (const emitter of [this.started, this.happened, this.ended]) emitter.dispose();
  }
}

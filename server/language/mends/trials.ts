import type { Analysis } from "../analysis.ts";

/** Layers that may be made anew to answer one request. */
const MOST_LAYERS = 8_000;
/** So many trials at most, however small the text. */
const MOST_TRIALS = 24;
/** What could not be read is read again each time, by way of the parser's recovery. */
const LAYERS_AN_ERROR = 50;
/** And what is found is found again. */
const LAYERS_A_FINDING = 5;
/** Text is read faster than layers are made. */
const CHARACTERS_A_LAYER = 50;
/** What a trial takes is foretold by what is counted above, and now and then foretold badly: then the clock ends it. */
const LONGEST_MS = 300;

/**
 * What is spent on seeing what would become of a text: each trial reads all of it again. What is known from earlier
 * costs nothing, so that asking again goes on.
 */
export class Trials {
  private left: number;
  private first = true;
  private readonly clock: (() => number) | undefined;
  private readonly end: number;

  /** `times`: so much more than a menu that is about to open may take. `clock`, in milliseconds, of somebody who waits. */
  constructor(times = 1, clock?: () => number) {
    this.left = times * MOST_LAYERS;
    this.clock = clock;
    this.end = clock ? clock() + times * LONGEST_MS : 0;
  }

  /** Whether one more can be afforded, and if so, that it is made. The first one always is. */
  take(analysis: Analysis, characters: number): boolean {
    const layers = analysis.models.reduce((sum, { model }) => sum + model.nodes.length, 0);
    const errors = analysis.syntax.problems.length;
    const cost = MOST_LAYERS / MOST_TRIALS + layers + characters / CHARACTERS_A_LAYER + errors * LAYERS_AN_ERROR + analysis.findings.length * LAYERS_A_FINDING;
    if (!this.first && (cost > this.left || (this.clock && this.clock() > this.end))) return false;
    this.first = false;
    this.left -= cost;
    return true;
  }
}

/**
 * What has been done in this process so far: lines cut into tokens, statements parsed, models expanded, layers added to
 * a graph anew and their shapes inferred, models checked. bench/editor/incremental.mjs reads it around an edit.
 */
export const work = { lines: 0, statements: 0, models: 0, layers: 0, shapes: 0, checked: 0 };

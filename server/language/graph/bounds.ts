/**
 * Steps that the models of one file may take together: a statement, a turn of a loop, a layer, a hundred entries of a
 * list. 10,000 written layers take 30,000; far more than any published network needs, and answered at once.
 */
export const MOST_STEPS = 40_000;

/** Blocks and shared instances that use each other deeper than this are not followed. */
export const DEEPEST_USES = 100;

/** Errors of one model; after these something is wrong that more of them would not explain. */
export const MOST_ERRORS = 500;

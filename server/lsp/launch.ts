/**
 * How Node is to run the server. An edit makes a model and drops one, and the collector copies what is alive of the young
 * generation: of one of 8 MB it takes 1 ms, of one that has grown to 16 MB or more up to 15 (bench/editor/keystroke.mjs).
 */
export const serverFlags: readonly string[] = ["--max-semi-space-size=8"];

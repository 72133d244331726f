import { keepCompiled } from "../start/compiled.ts";

// What follows is a bundle of its own (scripts/bundles.mjs), so that its code is kept too.
keepCompiled("run");
void import("./process.ts");

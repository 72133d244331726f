#!/usr/bin/env node
import { keepCompiled } from "../start/compiled.ts";

// What follows is a bundle of its own (scripts/bundles.mjs), so that its code is kept too.
keepCompiled(/^[a-z]+$/.exec(process.argv[2] ?? "")?.[0] ?? "cli");
void import("./command.ts");

import { defineCheck } from "./define.ts";
import { fileOf } from "./fixes.ts";

/**
 * A file or folder that a train block's data names and that is not there: reading it ends before the first step. A name
 * that is like it, or lies in a folder below, makes it a slip of the pen: warning. Otherwise the data may not have been
 * fetched yet, as where a repository is checked without it: information, and `nnet check` ends as if nothing were.
 * Guards: a text that is no file, a path that leads out of the workspace, a host that does not say what lies where.
 */
export const dataNotFound = defineCheck({
  code: "data-not-found",
  byMachine: true,
  *train({ data, model }) {
    for (const { text, line, leadsTo, near } of data?.absent ?? []) {
      const site = { file: fileOf(model), line, span: text.span };
      yield {
        code: "data-not-found", severity: near === undefined ? "information" : "warning", site,
        message: `there is no ${leadsTo === "folder" ? "folder" : "file"} ${text.value}, so that training would end before its first step; ${near === undefined ? "put it there, or correct the path, which is relative to this file" : `did you mean ${near}?`}`,
        ...(near !== undefined && { fixes: [{ title: `Change to ${near}`, edits: [{ site, text: JSON.stringify(near) }], unmasks: true }] }),
      };
    }
  },
});

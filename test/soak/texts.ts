import { analyse } from "../../server/language/index.ts";
import { misformatted, oneToken } from "./checks.ts";
import { count, guarded, type Result } from "./result.ts";
import { sources } from "./sources.ts";

export const title = "Every prefix, every token left out or put in";

export function run(share: number): Result {
  const wrong: string[] = [];
  let [prefixes, tokens, formatted, tried] = [0, 0, 0, 0];
  const every = Math.round(1 / share);
  let turn = 0;
  const read = (name: string, text: string): void => guarded(wrong, () => `${name} ${JSON.stringify(text.slice(-80))}`, () => void analyse("/t.nnet", text));
  const all = sources();
  for (const { name, text } of all) {
    for (let i = 0; i <= text.length; i++) {
      if (turn++ % every !== 0) continue;
      prefixes++;
      read(name, text.slice(0, i));
    }
    for (const changed of oneToken(text)) {
      if (turn++ % every !== 0) continue;
      tokens++;
      read(name, changed);
      if (tokens % 5 !== 0) continue;
      tried++;
      const misfit = misformatted(changed);
      if (misfit === undefined) formatted++;
      else if (misfit !== "refused") wrong.push(`${name}, formatted: ${misfit}: ${JSON.stringify(changed)}`);
    }
  }
  return { wrong, text: `${count(all.length)} texts (samples, model fixtures, examples of the language's page): ${count(prefixes)} prefixes and ${count(tokens)} texts with one token left out or put in were read. Of ${count(tried)} of these, ${count(formatted)} were formatted: idempotent, with the same words, comments, models, counts and findings; the others have a syntax error and were left alone.` };
}

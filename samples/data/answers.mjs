// Writes answers.csv: questions and answers made by the grammar below, which no person wrote, and whether the answer is to
// the question: it is where both are about one thing. `node samples/data/answers.mjs`
import { writeFileSync } from "node:fs";
import { draws } from "./draws.mjs";

/** Of each thing the words that a question has for it, and those that an answer has: few are in both. */
const things = {
  train: [["the train", "the night express", "the last carriage"], ["at platform two", "on the rails at nine", "with a ticket for the railway"]],
  weather: [["the rain", "a storm", "the fog"], ["once the clouds are gone", "under a dry sky", "with an umbrella open"]],
  bread: [["the bread", "a fresh loaf", "the dough"], ["in the oven for an hour", "at the bakery", "with flour and yeast"]],
  music: [["the concert", "a new song", "the choir"], ["on stage with a piano", "after the violins", "in the key of g"]],
  garden: [["the roses", "a young tree", "the lawn"], ["with water every morning", "in deep soil", "as soon as spring is here"]],
  computer: [["the laptop", "an old program", "the keyboard"], ["after a restart", "from the command line", "with a new battery"]],
};
const questions = ["when does THING come ?", "what about THING ?", "do you know how THING is best ?", "please tell me more of THING", "how long will THING take ?", "why is THING so late today ?"];
const answers = ["that is PLACE .", "PLACE , as always .", "I think PLACE , but ask again .", "yes , PLACE", "my sister says PLACE .", "not before noon , and then PLACE ."];

const { pick } = draws(1971);
const text = (pattern, part, words) => pick(pattern).replace(part, pick(words)).replace(/ ([.,?])/g, "$1");

const rows = new Map();
const names = Object.keys(things);
while (rows.size < 1500) {
  const fits = rows.size % 2 === 0;
  const asked = pick(names);
  const told = fits ? asked : pick(names.filter((n) => n !== asked));
  const line = `"${text(questions, "THING", things[asked][0])}","${text(answers, "PLACE", things[told][1])}"`;
  if (!rows.has(line)) rows.set(line, fits ? "yes" : "no");
}
writeFileSync(new URL("answers.csv", import.meta.url), `question,answer,fits\n${[...rows].map(([line, fits]) => `${line},${fits}`).join("\n")}\n`);

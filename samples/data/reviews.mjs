// Writes reviews.csv: sentences made by the grammar below, which no person wrote, and the opinion that each expresses.
// An opinion turns around after "not" ("it was not dull"), so that a model must see words side by side. `node samples/data/reviews.mjs`
import { writeFileSync } from "node:fs";
import { draws } from "./draws.mjs";

const grammar = {
  sentence: ["OPENING THING was VERDICT .", "THING was VERDICT , REMARK .", "OPENING REMARK , and THING was VERDICT !", "I saw it CIRCUMSTANCE and THING was VERDICT .", "THING , CIRCUMSTANCE , was VERDICT"],
  OPENING: ["well ,", "to be honest ,", "my friends say", "after all these years", "in short :", "no surprise :", "for once"],
  THING: ["the film", "the plot", "the acting", "its ending", "the first half", "the music", "every single scene", "the whole cast", "the dialogue"],
  CIRCUMSTANCE: ["on a rainy sunday", "with my sister", "twice", "at the old cinema in town", "without knowing the book", "late at night", "for the price of a coffee"],
  REMARK: ["it runs for two hours", "the director is new", "there is a dog in it", "it was shot in winter", "nobody sings", "the credits are long"],
  INTENSITY: ["", "", "really", "quite", "simply", "rather"],
  GOOD: ["great", "wonderful", "clever", "moving", "funny", "a delight", "worth every minute", "brilliant"],
  BAD: ["dull", "awful", "clumsy", "boring", "a mess", "a waste of time", "terrible", "flat"],
};

const { draw, pick } = draws(2014);

function sentence(opinion) {
  const negated = draw() < 0.3;
  const word = pick(grammar[(opinion === "good") !== negated ? "GOOD" : "BAD"]);
  const verdict = `${negated ? "not" : ""} ${pick(grammar.INTENSITY)} ${word}`;
  const text = pick(grammar.sentence).replace(/[A-Z]{3,}/g, (part) => (part === "VERDICT" ? verdict : pick(grammar[part])));
  return text.replace(/\s+/g, " ").replace(/ ([.,!:])/g, "$1").trim();
}

const rows = new Map();
while (rows.size < 1200) {
  const opinion = rows.size % 2 === 0 ? "good" : "bad";
  const text = sentence(opinion);
  if (!rows.has(text)) rows.set(text, opinion);
}
const lines = [...rows].map(([text, opinion]) => `"${text[0].toUpperCase()}${text.slice(1)}",${opinion}`);
writeFileSync(new URL("reviews.csv", import.meta.url), `review,opinion\n${lines.join("\n")}\n`);

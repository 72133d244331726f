// How the networks of trained.mjs and further.mjs are written: the data of each task, and a file around a model's body.

const SPLIT = "split = [0.7, 0.15, 0.15]";
const data = {
  digits: ({ scale = "1 / 16", shape = "", more = "" } = {}) => `data rows { source = csv("digits.csv")  label = digit  ${shape}  scale = ${scale}  ${more}  ${SPLIT} }`,
  diabetes: () => `data rows { source = csv("diabetes.csv")  label = progression  ${SPLIT} }`,
  iris: ({ scale = "1", more = "" } = {}) => `data rows { source = csv("iris.csv")  label = species  scale = ${scale}  ${more}  split = [0.6, 0.2, 0.2] }`,
  patients: (more) => `data rows { source = csv("diabetes.csv")  label = progression  features = inputs(body = [age, bmi, bp], blood = [s1, s2, s3, s4, s5, s6], who = sex)  ${more}  ${SPLIT} }`,
  reviews: () => `data rows { source = text("reviews.csv", column = review, vocabulary = 1_000, length = 32)  label = opinion  ${SPLIT} }`,
  answers: () => `data rows { source = csv("answers.csv")  label = fits  features = inputs(question = text(question), answer = text(answer))  ${SPLIT} }`,
  made: (source) => `data rows { source = ${source}  ${SPLIT} }`,
};

const train = ({ loss = "cross_entropy", optimizer = "adam", batch = 32, epochs = 15, more = "" } = {}) => `train Net on rows { loss = ${loss}  optimizer = ${optimizer}  batch = ${batch}  epochs = ${epochs}  ${more} }`;

const indent = (body) => body.trim().split("\n").map((l) => `  ${l.trim()}`).join("\n");

/** A file: what stands before the model (blocks), the input, the body and how it is trained. */
function file(rows, input, body, settings, before = "") {
  return `${rows}\n${before}model Net {\n  input ${input}\n${indent(body)}\n}\n${train(settings)}\n`;
}

export function classes(expect, name, body, settings, { scale, before, more } = {}) {
  return { name, task: "digits", expect, text: file(data.digits({ scale, more }), "x [64]", body, settings, before) };
}

export function images(expect, name, body, settings, { scale, before } = {}) {
  return { name, task: "digits", expect, text: file(data.digits({ scale, shape: "shape = [8, 8, 1]" }), "image [8, 8, 1]", body, settings, before) };
}

/** Digits given back through a narrow layer. */
export function copies(expect, name, body, settings, { scale } = {}) {
  return { name, task: "digits, copied", expect, text: file(data.digits({ scale }), "x [64]", body, { loss: "mse", epochs: 30, more: "target = input", ...settings }) };
}

export function flowers(expect, name, body, settings, { scale, more } = {}) {
  return { name, task: "iris", expect, text: file(data.iris({ scale, more }), "x [4]", body, { epochs: 60, optimizer: "adam(lr = 0.01)", ...settings }) };
}

export function numbers(expect, name, body, settings, { normalized = true } = {}) {
  return { name, task: "diabetes", expect, text: file(data.diabetes(), "x [10]", `${normalized ? "normalization\n" : ""}${body}`, { loss: "mse", epochs: 60, optimizer: "adam(lr = 0.01)", ...settings }) };
}

/** The same patients in three inputs, one of them whole numbers. */
export function patients(expect, name, body, settings, { normalized = true } = {}) {
  const text = file(data.patients(normalized ? "normalize = standard" : ""), "body [3]\n  input blood [6]\n  input who int [1]", body, { loss: "mse", epochs: 60, optimizer: "adam(lr = 0.01)", ...settings });
  return { name, task: "diabetes", expect, text };
}

export function words(expect, name, body, settings) {
  return { name, task: "reviews", expect, text: file(data.reviews(), "words int [N]", body, { epochs: 12, optimizer: "adam(lr = 5e-3)", ...settings }) };
}

/** A question and an answer, and whether they fit. */
export function pairs(expect, name, body, settings) {
  return { name, task: "answers", expect, text: file(data.answers(), "question int [N]\n  input answer int [M]", body, { epochs: 12, optimizer: "adam(lr = 5e-3)", ...settings }) };
}

/** Made rows: the task's name is the generator's. */
export function made(expect, name, source, body, settings, input = "x [2]") {
  return { name, task: source.split("(")[0], expect, text: file(data.made(source), input, body, { epochs: 60, optimizer: "adam(lr = 0.01)", ...settings }) };
}

export const END = "dense(10) -> softmax";
export const stack = (depth, layer, end = END) => `repeat ${depth} { ${layer} }\n${end}`;
export const conv = (f, more = "") => `conv2d(${f}, 3, padding = same${more})`;

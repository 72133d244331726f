// A third hold-out: sixty networks as an outside judge of the checker would write them, before any check was tried on
// them and without its code having been read. Illnesses of the textbooks, and healthy networks, some of which look ill.
// Split at once by turns into two halves: A may be mended for, B is only measured.
import { classes, conv, copies, END, flowers, images, made, numbers, pairs, patients, stack, words } from "./texts.mjs";

const [SICK, HEALTHY] = ["sick", "healthy"];

/** A sentence task whose data is read otherwise. */
const read = (expect, name, source, body, settings) => {
  const network = words(expect, name, body, settings);
  return { ...network, text: network.text.replace(/source = text\(.*?\)/, `source = ${source}`) };
};

const LENET = `${conv(16)} -> relu\nmax_pool2d(2)\n${conv(32)} -> relu\nmax_pool2d(2)\nflatten\ndense(64) -> relu\n${END}`;
const MLP = `dense(64) -> relu\ndense(32) -> relu\n${END}`;
const ENCODER = "add { layer_norm -> attention(4) } { identity }\nadd { layer_norm -> dense(64) -> gelu -> dense(32) } { identity }";
const SENTENCE = "embedding(1_000, 16)\nconcat(axis = 1) for h in [2, 3] { conv1d(16, kernel = h) -> relu -> k_max_pool(1) }\nflatten";

const sick = [
  // Dead, vanishing, exploding, saturated.
  classes(SICK, "twenty-four ReLU layers of five units", `repeat 24 { dense(5, init = he_normal) -> relu }\n${END}`),
  classes(SICK, "ten sigmoid layers, sgd 0.1", stack(10, "dense(64) -> sigmoid"), { optimizer: "sgd(lr = 0.1)" }),
  images(SICK, "LeNet, adam 0.1", LENET, { optimizer: "adam(lr = 0.1)" }),
  numbers(SICK, "raw measurements into sgd 0.01", "dense(32) -> relu\ndense(1)", { optimizer: "sgd(lr = 0.01)" }, { normalized: false }),
  flowers(SICK, "both layers from zeros", "normalization\ndense(16, init = zeros) -> relu\ndense(3, init = zeros) -> softmax"),
  made(SICK, "linear layers for circles", "circles(rows = 600)", "dense(32)\ndense(32)\ndense(2) -> softmax"),
  images(SICK, "biases of -4 in a small CNN", `conv2d(16, 3, padding = same, bias_init = constant(-4)) -> relu\nmax_pool2d(2)\nconv2d(32, 3, padding = same, bias_init = constant(-4)) -> relu\nglobal_avg_pool\n${END}`),
  words(SICK, "an lstm, sgd 0.001", "embedding(1_000, 16)\nlstm(32)\ndense(2) -> softmax", { optimizer: "sgd(lr = 1e-3)" }),
  classes(SICK, "dropout of 0.95, twice", `dense(64) -> relu\ndropout(0.95)\ndense(64) -> relu\ndropout(0.95)\n${END}`),
  numbers(SICK, "progression through a sigmoid", "dense(32) -> relu\ndense(1) -> sigmoid"),
  images(SICK, "eight conv layers from normal(0.01), sgd", `repeat 8 { conv2d(16, 3, padding = same, init = normal(0.01)) -> relu }\nglobal_avg_pool\n${END}`, { optimizer: "sgd(lr = 0.05, momentum = 0.9)" }),
  classes(SICK, "weights of l2 = 1", `dense(64, l2 = 1) -> relu\ndense(32, l2 = 1) -> relu\ndense(10, l2 = 1) -> softmax`),
  classes(SICK, "ReLU before softmax, sgd", `dense(64) -> relu\ndense(32) -> relu\ndense(10) -> relu -> softmax`, { optimizer: "sgd(lr = 0.3, momentum = 0.9)" }),
  made(SICK, "a sine that only a ReLU may give", "sine(rows = 600)", "dense(32) -> tanh\ndense(32) -> tanh\ndense(1) -> relu", { loss: "mse" }, "x [1]"),
  images(SICK, "1x1 kernels and a mean", `conv2d(16, 1) -> relu\nconv2d(32, 1) -> relu\nglobal_avg_pool\n${END}`),
  classes(SICK, "sixteen layers from normal(0.7), momentum", `repeat 16 { dense(64, init = normal(0.7)) -> relu }\n${END}`, { optimizer: "sgd(lr = 0.01, momentum = 0.9)" }),
  classes(SICK, "a multilayer perceptron, sgd 1e-4", MLP, { optimizer: "sgd(lr = 1e-4)" }),
  copies(SICK, "digits through two numbers, sgd", "dense(32) -> relu\ndense(2) -> relu\ndense(32) -> relu\ndense(64) -> sigmoid", { optimizer: "sgd(lr = 0.01)" }),
  read(SICK, "sentences cut to two words", 'text("reviews.csv", column = review, vocabulary = 1_000, length = 2)', "embedding(1_000, 16)\nglobal_avg_pool\ndense(16) -> relu\ndense(2) -> softmax"),
  classes(SICK, "a step schedule that stops at once", MLP, { optimizer: "sgd(lr = 0.01)", more: "schedule = step(every = 1, factor = 0.1)" }),
  patients(SICK, "three raw inputs, sigmoid layers", "let b = blood -> dense(16) -> sigmoid\nlet w = who -> embedding(3, 2) -> flatten\nbody -> dense(16) -> sigmoid -> concat(b, w)\ndense(16) -> sigmoid\ndense(1)", { optimizer: "adam(lr = 1e-3)" }, { normalized: false }),
  classes(SICK, "squared error after softmax, plain sgd", `dense(64) -> sigmoid\ndense(10) -> softmax`, { loss: "mse", optimizer: "sgd(lr = 0.01)" }),
  images(SICK, "all kernels constant", `conv2d(16, 3, init = constant(0.05)) -> relu\nconv2d(32, 3, init = constant(0.05)) -> relu\nflatten\ndense(32, init = constant(0.05)) -> relu\ndense(10, init = constant(0.05)) -> softmax`),
  classes(SICK, "batch norm over batches of one", `dense(64) -> batch_norm -> relu\ndense(32) -> batch_norm -> relu\n${END}`, { batch: 1, epochs: 2 }),
  classes(SICK, "raw pixels into tanh from normal(1)", `dense(64, init = normal(1)) -> tanh\ndense(64, init = normal(1)) -> tanh\n${END}`, { optimizer: "sgd(lr = 0.01)" }, { scale: "1" }),
  images(SICK, "a transformer of rows, adam 0.05", `reshape([8, 8]) -> dense(32) -> position_embedding\nrepeat 3 {\n${ENCODER}\n}\nlayer_norm -> global_avg_pool\n${END}`, { optimizer: "adam(lr = 0.05)", epochs: 10 }),
  images(SICK, "rows upside down and turned about", LENET, { more: "augment = [ rotate(180), flip(vertical), flip ]" }),
  classes(SICK, "one unit in the middle", `dense(64) -> relu\ndense(1) -> relu\ndense(64) -> relu\n${END}`),
  made(SICK, "moons by one softmax unit", "moons(rows = 600)", "dense(16) -> relu\ndense(1) -> softmax", { loss: "binary_cross_entropy" }),
  numbers(SICK, "gradients clipped to 1e-4, sgd", "dense(32) -> relu\ndense(1)", { optimizer: "sgd(lr = 0.01)", more: "clip = norm(1e-4)" }),
];

const healthy = [
  classes(HEALTHY, "a multilayer perceptron", MLP),
  images(HEALTHY, "LeNet, momentum", LENET, { optimizer: "sgd(lr = 0.05, momentum = 0.9)" }),
  flowers(HEALTHY, "sixteen ReLU units", "normalization\ndense(16) -> relu\ndense(3) -> softmax"),
  numbers(HEALTHY, "one hidden layer with dropout", "dense(32, init = he_normal) -> relu\ndropout(0.2)\ndense(1)"),
  words(HEALTHY, "a small TextCNN", `${SENTENCE}\ndropout(0.3)\ndense(2) -> softmax`),
  pairs(HEALTHY, "one embedding, two means", "shared words = embedding(2_000, 16)\nlet a = answer -> words -> global_avg_pool -> dense(16)\nquestion -> words -> global_avg_pool -> dense(16) -> concat(a)\ndense(32) -> relu\ndense(1) -> sigmoid", { loss: "binary_cross_entropy" }),
  classes(HEALTHY, "six sigmoid layers with batch norm", stack(6, "dense(64, bias = false) -> batch_norm -> sigmoid")),
  images(HEALTHY, "thirty residual convs with batch norm", `${conv(16, ", bias = false")} -> batch_norm -> relu\nrepeat 15 { add { ${conv(16, ", bias = false")} -> batch_norm -> relu -> ${conv(16, ", bias = false")} -> batch_norm } { identity }\nrelu }\nglobal_avg_pool\n${END}`, { epochs: 6 }),
  classes(HEALTHY, "ten tanh layers", stack(10, "dense(64) -> tanh")),
  patients(HEALTHY, "three inputs, wide and deep", "let w = who -> embedding(3, 2) -> flatten\nblood -> concat(body, w)\ndense(16) -> relu\nconcat(body)\ndense(1)"),
  classes(HEALTHY, "raw pixels, batch norm first", `batch_norm\n${MLP}`, {}, { scale: "1" }),
  made(HEALTHY, "spirals, three tanh layers", "spirals(rows = 600)", "repeat 3 { dense(32) -> tanh }\ndense(2) -> softmax", { epochs: 100 }),
  classes(HEALTHY, "squared error after softmax, adam", "dense(64) -> relu\ndense(10) -> softmax", { loss: "mse" }),
  words(HEALTHY, "a bidirectional lstm", "embedding(1_000, 16)\nbidirectional(lstm(16))\ndense(2) -> softmax", { optimizer: "adam(lr = 5e-3)" }),
  images(HEALTHY, "patches, a class token, two encoders", `conv2d(32, 2, stride = 2) -> reshape([-1, 32]) -> class_token -> position_embedding\nrepeat 2 {\n${ENCODER}\n}\nlayer_norm\nslice(axis = 0, start = 0, size = 1) -> flatten\n${END}`),
  copies(HEALTHY, "an autoencoder of thirty-two numbers", "dense(48) -> relu\ndense(32)\ndense(48) -> relu\ndense(64) -> sigmoid"),
  made(HEALTHY, "clouds by a linear model", "blobs(rows = 600)", "dense(3) -> softmax"),
  classes(HEALTHY, "logistic regression, sgd 0.5", "dense(10) -> softmax", { optimizer: "sgd(lr = 0.5)", epochs: 20 }),
  images(HEALTHY, "depthwise separable, MobileNet's way", `${conv(16, ", bias = false")} -> batch_norm -> relu6\nfor f in [32, 64] {\ndepthwise_conv2d(3, padding = same, bias = false) -> batch_norm -> relu6\nconv2d(f, 1, bias = false) -> batch_norm -> relu6\n}\nglobal_avg_pool\ndropout(0.1)\n${END}`),
  numbers(HEALTHY, "a linear regression, sgd", "dense(1)", { optimizer: "sgd(lr = 0.01)" }),
  classes(HEALTHY, "a last layer from zeros", "dense(64, init = he_normal) -> relu\ndense(10, init = zeros) -> softmax"),
  images(HEALTHY, "a gru down the rows", `reshape([8, 8])\ngru(32)\n${END}`, { optimizer: "adam(lr = 3e-3)" }),
  made(HEALTHY, "stripes, one conv layer", "stripes(rows = 600)", `conv2d(8, 5) -> relu\nglobal_max_pool\ndense(3) -> softmax`, { epochs: 20 }, "image [8, 8, 1]"),
  classes(HEALTHY, "a wide layer, dropout of 0.8", `dense(512) -> relu\ndropout(0.8)\n${END}`, { epochs: 20 }),
  classes(HEALTHY, "fourteen SELU layers", `repeat 14 { dense(64, init = lecun_normal) -> selu }\n${END}`),
  made(HEALTHY, "a sine, huber, one_cycle", "sine(rows = 600)", "dense(32) -> tanh\ndense(32) -> tanh\ndense(1)", { loss: "huber", more: "schedule = one_cycle" }, "x [1]"),
  images(HEALTHY, "three kernels side by side, all conv", `concat { ${conv(8)} } { conv2d(8, 5, padding = same) } { conv2d(8, 1) }\nrelu\nconv2d(32, 3, stride = 2, padding = same) -> relu\nconv2d(10, 1)\nglobal_avg_pool -> softmax`, { optimizer: "adam(lr = 5e-3)", epochs: 20 }),
  flowers(HEALTHY, "cm as they are, adamw and label smoothing", "dense(32) -> gelu\ndense(3) -> softmax", { loss: "cross_entropy(label_smoothing = 0.1)", optimizer: "adamw(lr = 0.01, weight_decay = 0.01)" }),
  made(HEALTHY, "circles, biases of -0.1, small leaky layers", "circles(rows = 600)", "dense(12, bias_init = constant(-0.1)) -> leaky_relu(0.1)\ndense(12, bias_init = constant(-0.1)) -> leaky_relu(0.1)\ndense(2) -> softmax"),
  copies(HEALTHY, "a denoising autoencoder, tanh inside", "gaussian_noise(0.2)\ndense(48) -> tanh\ndense(24) -> tanh\ndense(64)", { optimizer: "adam(lr = 3e-3)" }),
];

const half = (list, rest) => list.filter((_, i) => i % 2 === rest);

export const A = [...half(sick, 0), ...half(healthy, 0)];
export const B = [...half(sick, 1), ...half(healthy, 1)];

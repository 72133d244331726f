// A fifth hold-out: sixty networks as a teacher or reviewer of deep learning would write them who has only the issue's
// text and the language's reference: half of them sick for a reason that stands in a textbook or a paper, half healthy,
// some of which look as if they were not. Written before any check was tried on them, without the checks' code, their
// pages or the other lists having been read, and kept before any of them was trained.
import { classes, conv, copies, END, flowers, images, made, numbers, pairs, patients, stack, words } from "./texts.mjs";

const [SICK, HEALTHY] = ["sick", "healthy"];
const IMAGE = "image [8, 8, 1]";
// Said after it was trained: its code has as many numbers as the image, so it is no measure for those that go through fewer.
const whole = (n) => ({ ...n, task: `${n.task} whole` });

const sick = [
  // Signals that fade or grow.
  classes(SICK, "seven sigmoid layers by plain descent", stack(7, "dense(40) -> sigmoid"), { optimizer: "sgd(lr = 0.1)", epochs: 25 }),
  classes(SICK, "eight tanh layers drawn with a deviation of 0.01", stack(8, "dense(48, init = normal(0.01)) -> tanh"), { optimizer: "sgd(lr = 0.05)", epochs: 20 }),
  classes(SICK, "twenty-six plain relu layers", stack(26, "dense(40) -> relu"), { optimizer: "sgd(lr = 0.02)", epochs: 15 }),
  images(SICK, "fourteen plain convolutions without normalization", `${stack(14, `${conv(12)} -> relu`, "global_avg_pool")}\n${END}`, { optimizer: "sgd(lr = 0.02)", epochs: 8 }),
  classes(SICK, "thirty He residual blocks summed without normalization", `dense(48, init = he_normal)\n${stack(30, "add { dense(48, init = he_normal) -> relu -> dense(48, init = he_normal) } { identity }")}`, { optimizer: "sgd(lr = 0.05, momentum = 0.9)", epochs: 10 }),
  classes(SICK, "hard sigmoids nine deep", stack(9, "dense(32) -> hard_sigmoid"), { epochs: 12 }),
  words(SICK, "an Elman network whose recurrent weights are tiny reads to the padded end", "embedding(1_000, 16)\nsimple_rnn(24, recurrent_init = normal(0.01))\ndense(2) -> softmax", { optimizer: "sgd(lr = 0.05)" }),
  words(SICK, "an LSTM by plain descent at 0.01", "embedding(1_000, 16)\nlstm(24)\ndense(2) -> softmax", { optimizer: "sgd(lr = 0.01)" }),

  // Steps too long or too short.
  classes(SICK, "descent at 8", "dense(64) -> relu\ndense(64) -> relu\n" + END, { optimizer: "sgd(lr = 8)" }),
  images(SICK, "a small VGG by Adam at 0.4", `repeat 2 { ${conv(16)} -> relu }\nmax_pool2d(2)\nrepeat 2 { ${conv(24)} -> relu }\nmax_pool2d(2)\nflatten\ndense(48) -> relu\n${END}`, { optimizer: "adam(lr = 0.4)", epochs: 8 }),
  classes(SICK, "Adagrad at a hundred-thousandth", "dense(64) -> tanh\n" + END, { optimizer: "adagrad(lr = 1e-5)", epochs: 15 }),
  classes(SICK, "the rate falls to a tenth after each epoch", "dense(48) -> relu\ndense(48) -> relu\n" + END, { optimizer: "sgd(lr = 0.01)", epochs: 20, more: "schedule = step(every = 1, factor = 0.1)" }),
  flowers(SICK, "gradients clipped to a norm of 1e-5", "normalization\ndense(16) -> relu\ndense(3) -> softmax", { optimizer: "sgd(lr = 0.1)", more: "clip = norm(1e-5)" }),
  words(SICK, "a post-norm transformer of six blocks by Adam at 0.1 without warmup", "embedding(1_000, 16) -> position_embedding(max = 32)\nrepeat 6 {\nadd { attention(4) } { identity } -> layer_norm\nadd { dense(32) -> relu -> dense(16) } { identity } -> layer_norm\n}\nglobal_avg_pool\ndense(2) -> softmax", { optimizer: "adam(lr = 0.1)", epochs: 6 }),

  // Units that are all alike, or none.
  classes(SICK, "a hidden layer of zeros", "dense(64, init = zeros) -> relu\n" + END, { epochs: 15 }),
  made(SICK, "two layers of one constant", "spirals(rows = 500)", "dense(32, init = constant(0.1)) -> tanh\ndense(32, init = constant(0.1)) -> tanh\ndense(2) -> softmax"),
  classes(SICK, "nothing can learn, all is frozen", "dense(64, frozen = true) -> relu\ndense(10, frozen = true) -> softmax", { epochs: 8 }),
  classes(SICK, "nineteen units of twenty are dropped, twice", "dense(32) -> relu\ndropout(0.95)\ndense(32) -> relu\ndropout(0.95)\n" + END, { epochs: 15 }),

  // Data and layers that do not fit.
  patients(SICK, "three inputs as they were measured, into tanh", "let b = body -> dense(16) -> tanh\nlet w = who -> embedding(3, 4) -> flatten\nblood -> dense(16) -> tanh\nconcat(b, w)\ndense(1)", { optimizer: "sgd(lr = 0.01)" }, { normalized: false }),
  numbers(SICK, "mean squared error in units of 150 by descent at 0.1, unscaled", "dense(32) -> relu\ndense(1)", { optimizer: "sgd(lr = 0.1)" }, { normalized: false }),
  numbers(SICK, "a sigmoid for a number between 25 and 346", "dense(32) -> relu\ndense(1) -> sigmoid"),
  made(SICK, "three linear layers for two circles", "circles(rows = 500)", "dense(32)\ndense(32)\ndense(2) -> softmax"),
  made(SICK, "xor by a single layer", "xor(rows = 500)", "dense(2) -> softmax"),
  made(SICK, "a relu gives a sine", "sine(rows = 500)", "dense(32) -> tanh\ndense(1) -> relu", { loss: "mse" }, "x [1]"),
  made(SICK, "stripes through one-by-one kernels and a mean", "stripes(rows = 600)", "conv2d(16, 1) -> relu\nconv2d(16, 1) -> relu\nglobal_avg_pool\ndense(3) -> softmax", { epochs: 20 }, IMAGE),
  images(SICK, "one pooling takes the whole image", "max_pool2d(8)\nflatten\ndense(64) -> relu\n" + END, { epochs: 20 }),
  made(SICK, "softmax over one unit for two moons", "moons(rows = 500)", "dense(16) -> relu\ndense(1) -> softmax", { loss: "binary_cross_entropy", epochs: 20 }),
  copies(SICK, "a copy through softmax", "dense(32) -> relu\ndense(16) -> relu\ndense(32) -> relu\ndense(64) -> softmax"),
  classes(SICK, "batch norm whose moving averages never move", "repeat 2 { dense(64) -> batch_norm(momentum = 1) -> relu }\n" + END, { epochs: 15 }, { scale: "1" }),
  images(SICK, "batch norm behind each dense layer, one row a step", "flatten\nrepeat 2 { dense(32) -> batch_norm -> relu }\n" + END, { batch: 1, epochs: 3 }),
];

const healthy = [
  // Plain good practice.
  classes(HEALTHY, "two relu layers of He with dropout", "dense(96, init = he_normal) -> relu\ndropout(0.3)\ndense(48, init = he_normal) -> relu\n" + END, { epochs: 40 }),
  images(HEALTHY, "LeCun's tanh and mean pooling", `conv2d(8, 3, padding = same) -> tanh\navg_pool2d(2)\nconv2d(16, 3, padding = same) -> tanh\navg_pool2d(2)\nflatten\ndense(48) -> tanh\n${END}`, { optimizer: "adam(lr = 3e-3)", epochs: 25 }),
  images(HEALTHY, "two residual stages with batch norm", "conv2d(12, 3, padding = same, bias = false) -> batch_norm -> relu\nRes(12)\nRes(24, 2)\nglobal_avg_pool\n" + END, { optimizer: "adam(lr = 3e-3)", epochs: 20 }, { before: "block Res(f, stride = 1) {\n  let skip = stride == 1 and channels(in) == f ? in : in -> conv2d(f, 1, stride = stride, bias = false) -> batch_norm\n  conv2d(f, 3, stride = stride, padding = same, bias = false) -> batch_norm -> relu\n  conv2d(f, 3, padding = same, bias = false) -> batch_norm\n  add(skip) -> relu\n}\n" }),
  images(HEALTHY, "separable convolutions with batch norm", "conv2d(12, 3, padding = same, bias = false) -> batch_norm -> relu6\nseparable_conv2d(24, 3, padding = same, bias = false) -> batch_norm -> relu6\nmax_pool2d(2)\nseparable_conv2d(32, 3, padding = same, bias = false) -> batch_norm -> relu6\nglobal_avg_pool\n" + END, { optimizer: "adam(lr = 5e-3)", epochs: 25 }),
  images(HEALTHY, "an inception block", "concat { conv2d(8, 1) -> relu } { conv2d(6, 1) -> relu -> conv2d(12, 3, padding = same) -> relu } { conv2d(4, 1) -> relu -> conv2d(6, 5, padding = same) -> relu } { max_pool2d(3, stride = 1, padding = same) -> conv2d(4, 1) -> relu }\nmax_pool2d(2)\nconv2d(24, 3, padding = same) -> relu\nflatten\n" + END, { optimizer: "adam(lr = 3e-3)", epochs: 20 }),
  images(HEALTHY, "channels weighed by squeeze and excitation", "conv2d(16, 3, padding = same) -> relu as u\nlet s = u -> global_avg_pool -> dense(4) -> relu -> dense(16) -> sigmoid\nmultiply(s)\nmax_pool2d(2)\nconv2d(24, 3, padding = same) -> relu\nmax_pool2d(2)\nflatten\n" + END, { optimizer: "adam(lr = 3e-3)", epochs: 25 }),
  images(HEALTHY, "patches through two transformer blocks", "conv2d(32, 2, stride = 2) -> reshape([-1, 32]) -> position_embedding\nrepeat 2 {\nadd { layer_norm -> attention(4) } { identity }\nadd { layer_norm -> dense(64) -> gelu -> dense(32) } { identity }\n}\nlayer_norm\nglobal_avg_pool\n" + END, { optimizer: "adamw(lr = 3e-3)", epochs: 25 }),
  words(HEALTHY, "three kernel heights and the largest of each", "embedding(1_000, 16)\nconcat(axis = 1) for h in [2, 3, 4] { conv1d(16, h) -> relu -> k_max_pool(1) }\nflatten\ndropout(0.3)\ndense(2) -> softmax", { epochs: 20 }),
  words(HEALTHY, "a GRU from both ends, the largest of all positions", "embedding(1_000, 16)\nbidirectional(gru(16, sequences = true))\nglobal_max_pool\ndense(2) -> softmax", { epochs: 15 }),
  words(HEALTHY, "two pre-norm transformer blocks with a learned position", "embedding(1_000, 16) -> position_embedding(max = 32)\nrepeat 2 {\nadd { layer_norm -> attention(2) } { identity }\nadd { layer_norm -> dense(32) -> gelu -> dense(16) } { identity }\n}\nlayer_norm\nglobal_max_pool\ndropout(0.2)\ndense(2) -> softmax", { optimizer: "adam(lr = 2e-3)", epochs: 20 }),
  numbers(HEALTHY, "a dropped-out layer of He for the patients", "dense(48, init = he_normal) -> relu\ndropout(0.2)\ndense(1)", { optimizer: "adam(lr = 0.02)", epochs: 100 }),
  patients(HEALTHY, "three inputs, each with its own layer", "let b = body -> dense(16) -> relu\nlet w = who -> embedding(3, 2) -> flatten\nblood -> dense(16) -> relu\nconcat(b, w)\ndense(16) -> relu\ndense(1)", { optimizer: "adam(lr = 0.02)", epochs: 60, more: "early_stop = patience(15)" }),
  made(HEALTHY, "two arms by three relu layers", "spirals(rows = 600)", "repeat 3 { dense(32, init = he_normal) -> relu }\ndense(2) -> softmax", { epochs: 80 }),
  made(HEALTHY, "stripes by two small convolutions", "stripes(rows = 600)", "conv2d(8, 3) -> relu\nconv2d(12, 3) -> relu\nglobal_max_pool\ndense(3) -> softmax", { epochs: 20 }, IMAGE),
  copies(HEALTHY, "noisy digits copied clean", "gaussian_noise(0.1)\ndense(48) -> relu\ndense(20) -> relu\ndense(48) -> relu\ndense(64)", { optimizer: "adam(lr = 2e-3)", epochs: 60 }),
  whole(copies(HEALTHY, "down by strides and up again", "reshape([8, 8, 1])\nconv2d(16, 3, stride = 2, padding = same) -> relu\nconv2d(16, 3, stride = 2, padding = same) -> relu\nconv2d_transpose(16, 3, stride = 2, padding = same) -> relu\nconv2d_transpose(1, 3, stride = 2, padding = same)\nflatten", { optimizer: "adam(lr = 3e-3)", epochs: 40 })),
  pairs(HEALTHY, "question and answer through one shared tower, joined", "shared words = embedding(1_000, 16)\nshared tower = Tower(16)\nlet q = question -> words -> tower\nanswer -> words -> tower\nconcat(q)\ndense(32) -> relu\ndense(1) -> sigmoid", { loss: "binary_cross_entropy", epochs: 25 }),

  // Looks wrong, is not.
  classes(HEALTHY, "five sigmoid layers, each behind batch norm", stack(5, "dense(48, bias = false) -> batch_norm -> sigmoid"), { optimizer: "adam(lr = 5e-3)", epochs: 40 }),
  classes(HEALTHY, "sixteen selu layers", stack(16, "dense(48, init = lecun_normal) -> selu"), { optimizer: "adam(lr = 5e-4)", epochs: 40 }),
  classes(HEALTHY, "twelve relu layers that start as the identity", `dense(64) -> relu\n${stack(12, "dense(64, init = identity) -> relu")}`, { optimizer: "adam(lr = 5e-4)", epochs: 40 }),
  classes(HEALTHY, "sixteen residual branches that start at zero", `dense(48, init = he_normal) -> relu\n${stack(16, "add { dense(48, init = he_normal) -> relu -> dense(48, init = zeros) } { identity }")}`, { epochs: 25 }),
  classes(HEALTHY, "eight highway layers with closed gates", `dense(40) -> relu\n${stack(8, "Highway(40)")}`, { optimizer: "adam(lr = 2e-3)", epochs: 30 }, { before: "block Highway(n) {\n  let x = in\n  let gate = in -> dense(n, bias_init = constant(-2)) -> sigmoid\n  dense(n) -> relu -> subtract(x) -> multiply(gate) -> add(x)\n}\n" }),
  classes(HEALTHY, "a wide layer of fixed random weights", "dense(512, init = he_normal, frozen = true) -> relu\n" + END, { epochs: 40 }),
  classes(HEALTHY, "four units of five dropped, of 768", "dense(768, init = he_normal) -> relu\ndropout(0.8)\n" + END, { epochs: 30 }),
  classes(HEALTHY, "descent at 0.8 behind batch norm", "repeat 2 { dense(64, bias = false) -> batch_norm -> relu }\n" + END, { optimizer: "sgd(lr = 0.8)", epochs: 30 }),
  images(HEALTHY, "group norm with four rows a step", "conv2d(12, 3, padding = same, bias = false) -> group_norm(4) -> relu\nmax_pool2d(2)\nconv2d(24, 3, padding = same, bias = false) -> group_norm(4) -> relu\nmax_pool2d(2)\nflatten\n" + END, { batch: 4, epochs: 8 }),
  numbers(HEALTHY, "one line for the patients by Adam at 1", "dense(1)", { optimizer: "adam(lr = 1)", epochs: 80 }),
  numbers(HEALTHY, "softplus for what is never negative, from a bias of 150", "dense(24) -> relu\ndense(1, bias_init = constant(150)) -> softplus", { epochs: 80 }),
  made(HEALTHY, "one sigmoid unit for two moons", "moons(rows = 500)", "dense(16) -> tanh\ndense(16) -> tanh\ndense(1) -> sigmoid", { loss: "binary_cross_entropy", optimizer: "adam(lr = 0.03)", epochs: 80 }),
  words(HEALTHY, "an embedding of zeros under an LSTM's maximum", "embedding(1_000, 16, init = zeros)\nlstm(24, sequences = true)\nglobal_max_pool\ndense(2) -> softmax", { epochs: 20 }),
];

// A tower of its own for the pairs: what `pairs` has no room for stands before the model.
const TOWER = "block Tower(size) {\n  conv1d(size, 2) -> relu\n  global_max_pool\n}\n";
const withTower = (n) => (n.text.includes("Tower(") ? { ...n, text: n.text.replace("model Net", `${TOWER}model Net`) } : n);

export const fifth = [...sick, ...healthy.map(withTower)];

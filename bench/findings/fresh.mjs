// Networks as an outside judge might write them to try the checker, written before any check was tried on them: the
// classical illnesses in ordinary guises, and healthy networks that look suspicious. What the checks said of them at first
// is kept in bench/README.md as a hold-out figure.
import { classes, conv, copies, END, flowers, images, made, numbers, pairs, patients, stack, words } from "./texts.mjs";

const healthy = [
  classes("healthy", "twelve tanh layers, glorot_normal", stack(12, "dense(64, init = glorot_normal) -> tanh")),
  classes("healthy", "selu, twenty layers of 48", stack(20, "dense(48, init = lecun_normal) -> selu")),
  classes("healthy", "two sigmoid layers, adam 0.01", stack(2, "dense(48) -> sigmoid"), { optimizer: "adam(lr = 0.01)", epochs: 30 }),
  classes("healthy", "sgd 1 with batch norm", stack(3, "dense(64, bias = false) -> batch_norm -> relu"), { optimizer: "sgd(lr = 1)" }),
  classes("healthy", "sgd 2e-3 with momentum, sixty epochs", stack(2, "dense(64, init = he_normal) -> relu"), { optimizer: "sgd(lr = 2e-3, momentum = 0.9)", epochs: 60 }),
  classes("healthy", "a linear bottleneck between relu layers", `dense(96) -> relu\ndense(12)\ndense(96) -> relu\n${END}`, { epochs: 20 }),
  classes("healthy", "residual sums, branches scaled by 0.1", `dense(64)\n${stack(24, "add { dense(64, init = he_normal) -> relu -> dense(64, init = he_normal) -> rescaling(0.1) } { identity }")}`),
  classes("healthy", "maxout of three, twice", stack(2, "maximum { dense(40) } { dense(40) } { dense(40) }")),
  classes("healthy", "softmax over a last layer from zeros", `dense(96) -> relu\ndense(10, init = zeros) -> softmax`),
  images("healthy", "squeeze and excitation, batch norm", `${conv(24, ", bias = false")} -> batch_norm -> relu\nlet gate = in -> global_avg_pool -> dense(6) -> relu -> dense(24) -> sigmoid\nmultiply(gate)\nmax_pool2d(2)\n${conv(32)} -> relu\nflatten\n${END}`),
  images("healthy", "inverted residuals", `${conv(12)} -> relu6\nrepeat 2 { add { conv2d(36, 1) -> relu6 -> depthwise_conv2d(3, padding = same) -> relu6 -> conv2d(12, 1) } { identity } }\nmax_pool2d(2)\nflatten\n${END}`, { epochs: 20 }),
  images("healthy", "group norm, batch of four", `repeat 3 { ${conv(16, ", bias = false")} -> group_norm(4) -> relu }\nmax_pool2d(2)\nflatten\n${END}`, { batch: 4, epochs: 8 }),
  images("healthy", "pointwise before 3×3, nothing between", `${conv(8)} -> relu\nrepeat 2 { depthwise_conv2d(3, padding = same) -> conv2d(24, 1) -> prelu }\nmax_pool2d(2)\nflatten\n${END}`, { epochs: 20 }),
  images("healthy", "rows attended to", `reshape([8, 8])\nposition_embedding\ndense(32) -> relu\nattention(4)\nflatten\ndropout(0.2)\n${END}`, { epochs: 25 }),
  images("healthy", "pairs of pixels through a gru, backwards too", `reshape([16, 4])\nbidirectional(gru(24))\n${END}`, { epochs: 25, optimizer: "adam(lr = 8e-3)" }),
  images("healthy", "dropped paths", `${conv(16, ", init = he_normal")} -> relu\nrepeat 3 { add { ${conv(16)} -> batch_norm -> relu -> drop_path(0.2) } { identity } }\nmax_pool2d(2)\nflatten\ndropout(0.3)\n${END}`, { epochs: 20 }),
  copies("healthy", "masked by dropout, given back", "dropout(0.2)\ndense(64) -> hard_silu\ndense(24)\ndense(64) -> sigmoid", { epochs: 60, optimizer: "adam(lr = 4e-3)" }),
  flowers("healthy", "iris, a thousand units and dropout", "dense(1_000) -> relu\ndropout(0.5)\ndense(3) -> softmax", { optimizer: "adam(lr = 3e-3)" }),
  numbers("healthy", "huber of delta 100", "dense(24) -> silu\ndense(1)", { loss: "huber(delta = 100)", optimizer: "adam(lr = 0.05)", epochs: 120 }),
  numbers("healthy", "relu at the end, bias 150", "dense(24) -> relu\ndense(1, bias_init = constant(150)) -> relu", { optimizer: "adam(lr = 0.03)", epochs: 100 }),
  pairs("healthy", "two towers of one shape", `shared words = embedding(300, 16)\nshared tower = dense(24)\nquestion -> words -> global_avg_pool -> tower -> tanh as q\nanswer -> words -> global_avg_pool -> tower -> tanh as a\nlet apart = q -> subtract(a)\nq -> multiply(a) -> concat(apart)\ndense(24) -> relu\ndense(1) -> sigmoid`, { loss: "binary_cross_entropy", epochs: 20 }),
  words("healthy", "words, two sizes and k-max, one sigmoid", "embedding(1_000, 16)\nconcat(axis = 0) for h in [2, 3] { conv1d(16, h, padding = same) -> elu -> k_max_pool(2) }\nflatten\ndropout(0.3)\ndense(1) -> sigmoid", { loss: "binary_cross_entropy" }),
  made("healthy", "sine by sines", "sine(rows = 400)", "dense(24) -> sine(3)\ndense(24) -> sine\ndense(1)", { loss: "mse" }, "x [1]"),
  made("healthy", "moons, sigmoid, sgd 1", "moons(rows = 400)", "dense(32) -> sigmoid\ndense(1) -> sigmoid", { loss: "binary_cross_entropy", optimizer: "sgd(lr = 1, momentum = 0.9)", epochs: 100 }),
];

const sick = [
  images("sick", "VGG from normal(0.01), momentum", `for f in [16, 32] { repeat 2 { ${conv("f", ", init = normal(0.01)")} -> relu }\nmax_pool2d(2) }\nrepeat 2 { ${conv(64, ", init = normal(0.01)")} -> relu }\nflatten\ndense(64, init = normal(0.01)) -> relu\n${END}`, { optimizer: "sgd(lr = 0.01, momentum = 0.9)", epochs: 10 }),
  images("sick", "LeNet, sgd 0.5 with momentum", `${conv(6)} -> relu\nmax_pool2d(2)\n${conv(16)} -> relu\nmax_pool2d(2)\nflatten\ndense(84) -> relu\n${END}`, { optimizer: "sgd(lr = 0.5, momentum = 0.9)" }),
  images("sick", "LeNet, adam 1e-5", `${conv(6)} -> relu\nmax_pool2d(2)\n${conv(16)} -> relu\nmax_pool2d(2)\nflatten\ndense(84) -> relu\n${END}`, { optimizer: "adam(lr = 1e-5)", epochs: 10 }),
  images("sick", "sigmoid LeNet on pixels up to 1,600", `${conv(6)} -> sigmoid\navg_pool2d(2)\n${conv(16)} -> sigmoid\navg_pool2d(2)\nflatten\ndense(84) -> sigmoid\n${END}`, {}, { scale: "100" }),
  images("sick", "averaged to 2×2 first", `avg_pool2d(4)\n${conv(32)} -> relu\nflatten\ndense(64) -> relu\n${END}`, { epochs: 25 }),
  images("sick", "through one unit", `${conv(16)} -> relu\nmax_pool2d(2)\nflatten\ndense(1) -> tanh\ndense(64) -> relu\n${END}`),
  images("sick", "dropout 0.8 before batch norm", `repeat 4 { ${conv(16)} -> dropout(0.8) -> batch_norm -> relu }\nflatten\n${END}`),
  images("sick", "batch norm over one row's features, batch 1", `${conv(16)} -> relu\nglobal_max_pool\nrepeat 2 { dense(48) -> batch_norm -> relu }\n${END}`, { batch: 1, epochs: 4 }),
  images("sick", "residual sums of convolutions, no norm", `${conv(16)}\nrepeat 30 { add { ${conv(16, ", init = he_normal")} -> relu -> ${conv(16, ", init = he_normal")} } { identity } -> relu }\nglobal_avg_pool\n${END}`, { optimizer: "sgd(lr = 0.01)", epochs: 8 }),
  images("sick", "pixel by pixel through simple_rnn", `reshape([64, 1])\nsimple_rnn(32)\n${END}`, { epochs: 8 }),
  images("sick", "gru, adam 0.5", `reshape([8, 8])\ngru(48)\n${END}`, { optimizer: "adam(lr = 0.5)" }),
  images("sick", "penalty of 1 on every kernel", `${conv(16, ", l2 = 1")} -> relu\nmax_pool2d(2)\n${conv(32, ", l2 = 1")} -> relu\nflatten\ndense(10, l2 = 1) -> softmax`),
  classes("sick", "sigmoid of sigmoid", stack(3, "dense(64) -> sigmoid -> sigmoid")),
  classes("sick", "softmax of softmax, sgd 0.05", "dense(64) -> relu\ndense(10) -> softmax -> softmax", { optimizer: "sgd(lr = 0.05)" }),
  classes("sick", "bias −2 and small weights, four layers", stack(4, "dense(64, init = normal(0.05), bias_init = constant(-2)) -> relu"), { epochs: 10 }),
  copies("sick", "softmax at an autoencoder's end", "dense(48) -> relu\ndense(16) -> relu\ndense(48) -> relu\ndense(64) -> softmax"),
  copies("sick", "autoencoder through one number", "dense(32) -> relu\ndense(1)\ndense(32) -> relu\ndense(64) -> sigmoid"),
  words("sick", "words, adagrad as it comes", "embedding(1_000, 16)\nglobal_avg_pool\ndense(16) -> relu\ndense(2) -> softmax", { optimizer: "adagrad" }),
  words("sick", "words, softmax over one unit", "embedding(1_000, 16)\ngru(16)\ndense(1) -> softmax", { loss: "binary_cross_entropy" }),
  words("sick", "words, five sigmoid layers behind an lstm", "embedding(1_000, 16)\nlstm(16)\nrepeat 5 { dense(16) -> sigmoid }\ndense(1) -> sigmoid", { loss: "binary_cross_entropy" }),
  made("sick", "stripes, convolutions with nothing between", "stripes(rows = 400)", "conv2d(12, 3)\nconv2d(12, 3)\nflatten\ndense(3) -> softmax", { epochs: 40 }, "image [8, 8, 1]"),
  made("sick", "spirals, two units wide, ten deep", "spirals(rows = 400)", "repeat 10 { dense(2, init = he_normal) -> relu }\ndense(2) -> softmax", { epochs: 100 }),
  numbers("sick", "three tanh layers on raw columns", "repeat 3 { dense(32) -> tanh }\ndense(1)", { optimizer: "adam(lr = 0.01)" }, { normalized: false }),
  flowers("sick", "iris, the same weight everywhere", "dense(16, init = constant(0.1)) -> elu\ndense(16, init = constant(0.1)) -> elu\ndense(3, init = constant(0.1)) -> softmax"),
];

export const fresh = [...healthy, ...sick];

// A second batch, written before any check's code was read and tried only when the first batch's misses were mended: what
// it shows is whether mending generalizes.
const healthy2 = [
  classes("healthy", "elu, ten layers, glorot", stack(10, "dense(80) -> elu")),
  classes("healthy", "tanh in residual sums", `dense(48) -> tanh\n${stack(10, "add { dense(48) -> tanh } { identity }")}`),
  classes("healthy", "adam 0.02, batch 256", stack(2, "dense(96) -> relu"), { optimizer: "adam(lr = 0.02)", batch: 256, epochs: 40 }),
  classes("healthy", "batch norm, relu, dropout behind it", `dense(96) -> batch_norm -> relu -> dropout(0.3)\ndense(96) -> batch_norm -> relu -> dropout(0.3)\n${END}`, { epochs: 25 }),
  images("healthy", "densely connected, growth of eight", `${conv(16)} -> relu\nrepeat 3 { concat { batch_norm -> relu -> ${conv(8, ", bias = false")} } { identity } }\nmax_pool2d(2)\nflatten\n${END}`),
  images("healthy", "ConvNeXt", `conv2d(24, 2, stride = 2) -> layer_norm\nrepeat 2 { add { depthwise_conv2d(3, padding = same) -> layer_norm -> dense(48) -> gelu -> dense(24) -> layer_scale(0.1) } { identity } }\nflatten\n${END}`, { epochs: 25, optimizer: "adam(lr = 3e-3)" }),
  images("healthy", "rows and columns, each by an lstm", `reshape([8, 8]) as rows\nlet down = rows -> permute([1, 0]) -> lstm(32)\nrows -> lstm(32) -> concat(down)\n${END}`, { epochs: 30, optimizer: "adam(lr = 6e-3)" }),
  images("healthy", "own kernels at each place, averaged", `locally_connected2d(12, 3) -> tanh\navg_pool2d(2)\nflatten\ndense(48) -> sigmoid\n${END}`, { epochs: 30, optimizer: "adam(lr = 3e-3)" }),
  copies("healthy", "principal components by two linear layers", "dense(20)\ndense(64)", { epochs: 60, optimizer: "adam(lr = 5e-3)" }),
  flowers("healthy", "iris, two tanh layers, momentum", "repeat 2 { dense(12) -> tanh }\ndense(3) -> softmax", { optimizer: "sgd(lr = 0.02, momentum = 0.9)" }),
  numbers("healthy", "absolute error, layer norm", "dense(48) -> layer_norm -> relu\ndense(1)", { loss: "mae", optimizer: "adam(lr = 0.1)", epochs: 120 }),
  words("healthy", "words, their mean, rmsprop 0.01", "embedding(1_000, 24)\nconv1d(24, 2) -> gelu\nglobal_avg_pool\ndense(2) -> softmax", { optimizer: "rmsprop(lr = 0.01)", epochs: 20 }),
  pairs("healthy", "a question asked of its answer", `shared words = embedding(300, 16)\nanswer -> words as told\nquestion -> words -> attention(2, context = told)\nglobal_max_pool\ndense(24) -> relu\ndense(2) -> softmax`, { epochs: 20 }),
  made("healthy", "sine by its frequencies", "sine(rows = 400)", "fourier_features(4, keep = true)\ndense(16) -> relu\ndense(1)", { loss: "mse" }, "x [1]"),
  made("healthy", "blobs, two linear layers", "blobs(rows = 400)", "dense(8)\ndense(3) -> softmax", { optimizer: "adam(lr = 0.03)" }),
  made("healthy", "spirals, two tanh layers", "spirals(rows = 400)", "repeat 2 { dense(48) -> tanh }\ndense(2) -> softmax", { optimizer: "adam(lr = 0.02)", epochs: 150 }),
];

const sick2 = [
  classes("sick", "twenty-five narrow layers, glorot, momentum", stack(25, "dense(24) -> relu"), { optimizer: "sgd(lr = 0.01, momentum = 0.9)" }),
  classes("sick", "scores shrunk a thousandfold", `dense(64) -> relu\ndense(10) -> rescaling(0.001) -> softmax`),
  classes("sick", "frozen features of nearly nothing", `dense(64, frozen = true, init = normal(0.001)) -> sigmoid\n${END}`),
  images("sick", "tanh convolutions from normal(1), sgd", `repeat 5 { ${conv(16, ", init = normal(1)")} -> tanh }\nflatten\n${END}`, { optimizer: "sgd(lr = 0.01)" }),
  images("sick", "layer norm over the one channel", `layer_norm\n${conv(16)} -> relu\nmax_pool2d(2)\nflatten\n${END}`),
  images("sick", "one filter, four places", `conv2d(1, 4, stride = 4) -> tanh\nflatten\ndense(64) -> relu\n${END}`, { epochs: 25 }),
  images("sick", "batch of 1,200, three epochs", `${conv(16)} -> relu\nmax_pool2d(2)\nflatten\ndense(64) -> relu\n${END}`, { batch: 1200, epochs: 3 }),
  words("sick", "words, a table too short", "embedding(100, 16)\nconv1d(16, 3, padding = same) -> relu\nglobal_max_pool\ndense(2) -> softmax"),
  words("sick", "words, nearly all of the embedding dropped", "embedding(1_000, 16) -> dropout(0.97)\ngru(16)\ndense(2) -> softmax"),
  words("sick", "words, lstm, sgd 0.05", "embedding(1_000, 16)\nlstm(24)\ndense(1) -> sigmoid", { loss: "binary_cross_entropy", optimizer: "sgd(lr = 0.05)" }),
  made("sick", "circles, relu before binary cross-entropy", "circles(rows = 400)", "dense(16) -> relu\ndense(1) -> relu", { loss: "binary_cross_entropy" }),
  made("sick", "sine, softplus at the end", "sine(rows = 400)", "dense(32) -> tanh\ndense(1) -> softplus", { loss: "mse", epochs: 120 }, "x [1]"),
  made("sick", "moons, rmsprop 1", "moons(rows = 400)", "repeat 3 { dense(32) -> relu }\ndense(2) -> softmax", { optimizer: "rmsprop(lr = 1)" }),
  made("sick", "spirals, one layer", "spirals(rows = 400)", "dense(2) -> softmax"),
  numbers("sick", "layer norm behind the one output", "dense(32) -> relu\ndense(1) -> layer_norm", { optimizer: "adam(lr = 0.05)", epochs: 100 }),
  patients("sick", "patients in three inputs, adam 1e-4", `let group = who -> embedding(3, 2) -> flatten\nbody -> concat(blood, group)\ndense(32) -> relu\ndense(1)`, { optimizer: "adam(lr = 1e-4)" }),
];

export const second = [...healthy2, ...sick2];

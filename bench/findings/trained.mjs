// Networks whose outcome is measured: healthy ones and ones with a known illness, over depth, width, activation,
// initialization, normalization, loss, optimizer and scale. `expect` says what their author meant; it is not used to
// judge: training does that (outcomes.mjs).

const DIGITS = (scale = "1 / 16", shape = "") => `data rows { source = csv("digits.csv")  label = digit  ${shape}  scale = ${scale}  split = [0.7, 0.15, 0.15] }`;
const TABLE = 'data rows { source = csv("diabetes.csv")  label = progression  split = [0.7, 0.15, 0.15] }';
const IRIS = 'data rows { source = csv("iris.csv")  label = species  split = [0.6, 0.2, 0.2] }';

const train = ({ loss = "cross_entropy", optimizer = "adam", batch = 32, epochs = 15, more = "" } = {}) => `train Net on rows { loss = ${loss}  optimizer = ${optimizer}  batch = ${batch}  epochs = ${epochs}  ${more} }`;

function classes(expect, name, body, settings, { scale } = {}) {
  return { name, task: "digits", expect, text: `${DIGITS(scale)}\nmodel Net {\n  input x [64]\n${indent(body)}\n}\n${train(settings)}\n` };
}

function images(expect, name, body, settings, { scale } = {}) {
  return { name, task: "digits", expect, text: `${DIGITS(scale, "shape = [8, 8, 1]")}\nmodel Net {\n  input image [8, 8, 1]\n${indent(body)}\n}\n${train(settings)}\n` };
}

function flowers(expect, name, body, settings) {
  return { name, task: "iris", expect, text: `${IRIS}\nmodel Net {\n  input x [4]\n${indent(body)}\n}\n${train({ epochs: 60, optimizer: "adam(lr = 0.01)", ...settings })}\n` };
}

function numbers(expect, name, body, settings) {
  return { name, task: "diabetes", expect, text: `${TABLE}\nmodel Net {\n  input x [10]\n  normalization\n${indent(body)}\n}\n${train({ loss: "mse", epochs: 60, optimizer: "adam(lr = 0.01)", ...settings })}\n` };
}

const indent = (body) => body.trim().split("\n").map((l) => `  ${l.trim()}`).join("\n");
const END = "dense(10) -> softmax";
const stack = (depth, layer, end = END) => `repeat ${depth} { ${layer} }\n${end}`;
const conv = (f, more = "") => `conv2d(${f}, 3, padding = same${more})`;

const healthy = [
  classes("healthy", "softmax regression", END, { epochs: 30 }),
  classes("healthy", "one hidden layer, relu", stack(1, "dense(64) -> relu")),
  classes("healthy", "two hidden layers, relu", stack(2, "dense(64) -> relu")),
  classes("healthy", "four hidden layers, relu, he", stack(4, "dense(64, init = he_normal) -> relu")),
  classes("healthy", "eight hidden layers, relu, he", stack(8, "dense(128, init = he_normal) -> relu")),
  classes("healthy", "wide, relu", stack(2, "dense(512) -> relu")),
  classes("healthy", "one hidden layer, tanh", stack(1, "dense(64) -> tanh")),
  classes("healthy", "four hidden layers, tanh", stack(4, "dense(64) -> tanh")),
  classes("healthy", "one hidden layer, sigmoid", stack(1, "dense(64) -> sigmoid"), { epochs: 30 }),
  classes("healthy", "gelu", stack(3, "dense(64) -> gelu")),
  classes("healthy", "elu", stack(4, "dense(64, init = he_normal) -> elu")),
  classes("healthy", "silu", stack(2, "dense(64) -> silu")),
  classes("healthy", "leaky_relu, deep", stack(10, "dense(64, init = he_normal) -> leaky_relu")),
  classes("healthy", "prelu", stack(3, "dense(64, init = he_normal) -> prelu")),
  classes("healthy", "selu, eight layers", stack(8, "dense(128, init = lecun_normal) -> selu")),
  classes("healthy", "batch norm, ten layers", stack(10, "dense(64, bias = false, init = he_normal) -> batch_norm -> relu")),
  classes("healthy", "sigmoid with batch norm, four layers", stack(4, "dense(64, bias = false) -> batch_norm -> sigmoid")),
  classes("healthy", "layer norm, ten layers", stack(10, "dense(64, init = he_normal) -> layer_norm -> relu")),
  classes("healthy", "residual, pre-norm, twelve blocks", `dense(64)\n${stack(12, "add { layer_norm -> dense(64, init = he_normal) -> relu -> dense(64) } { identity }", `layer_norm\n${END}`)}`),
  classes("healthy", "residual, batch norm, ten blocks", `dense(64, init = he_normal) -> relu\n${stack(10, "add { dense(64, bias = false, init = he_normal) -> batch_norm -> relu -> dense(64, bias = false, init = he_normal) -> batch_norm } { identity } -> relu")}`),
  classes("healthy", "dropout 0.2", stack(2, "dense(128) -> relu -> dropout(0.2)")),
  classes("healthy", "dropout 0.5", stack(2, "dense(256) -> relu -> dropout(0.5)"), { epochs: 25 }),
  classes("healthy", "sgd 0.1", stack(2, "dense(64, init = he_normal) -> relu"), { optimizer: "sgd(lr = 0.1)", epochs: 25 }),
  classes("healthy", "sgd with momentum", stack(2, "dense(64, init = he_normal) -> relu"), { optimizer: "sgd(lr = 0.05, momentum = 0.9)" }),
  classes("healthy", "rmsprop", stack(2, "dense(64) -> relu"), { optimizer: "rmsprop" }),
  classes("healthy", "adamw", stack(2, "dense(64) -> relu"), { optimizer: "adamw(lr = 2e-3)" }),
  classes("healthy", "adagrad", stack(2, "dense(64) -> relu"), { optimizer: "adagrad(lr = 0.05)" }),
  classes("healthy", "adam 0.01", stack(2, "dense(64) -> relu"), { optimizer: "adam(lr = 0.01)" }),
  classes("healthy", "batch 8", stack(2, "dense(64) -> relu"), { batch: 8 }),
  classes("healthy", "batch 128, adam 0.003", stack(2, "dense(64) -> relu"), { batch: 128, optimizer: "adam(lr = 3e-3)", epochs: 25 }),
  classes("healthy", "l2", stack(2, "dense(64, l2 = 1e-4) -> relu")),
  classes("healthy", "orthogonal tanh, six layers", stack(6, "dense(64, init = orthogonal) -> tanh")),
  classes("healthy", "small positive bias", stack(2, "dense(64, bias_init = constant(0.1)) -> relu")),
  classes("healthy", "features standardized by a layer", `normalization\n${stack(2, "dense(64) -> relu")}`, {}, { scale: "1" }),
  classes("healthy", "bottleneck of 16", "dense(64) -> relu\ndense(16) -> relu\ndense(64) -> relu\ndense(10) -> softmax", { epochs: 25 }),
  classes("healthy", "label smoothing", stack(2, "dense(64) -> relu"), { loss: "cross_entropy(label_smoothing = 0.1)" }),
  images("healthy", "LeNet", `${conv(16)} -> relu\nmax_pool2d(2)\n${conv(32)} -> relu\nmax_pool2d(2)\nflatten\ndense(64) -> relu\n${END}`),
  images("healthy", "LeNet, tanh, average pooling", `${conv(6)} -> tanh\navg_pool2d(2)\n${conv(16)} -> tanh\navg_pool2d(2)\nflatten\ndense(84) -> tanh\n${END}`, { epochs: 25 }),
  images("healthy", "conv with batch norm", `${conv(16, ", bias = false")} -> batch_norm -> relu\n${conv(32, ", bias = false")} -> batch_norm -> relu\nglobal_avg_pool\n${END}`, { epochs: 25 }),
  images("healthy", "depthwise separable", `${conv(16)} -> relu\nseparable_conv2d(32, 3, padding = same) -> relu\nmax_pool2d(2)\nflatten\n${END}`, { epochs: 25 }),
  images("healthy", "small ResNet", `${conv(16, ", bias = false, init = he_normal")} -> batch_norm -> relu\nrepeat 3 { add { ${conv(16, ", bias = false, init = he_normal")} -> batch_norm -> relu -> ${conv(16, ", bias = false, init = he_normal")} -> batch_norm } { identity } -> relu }\nglobal_avg_pool\n${END}`, { epochs: 20 }),
  images("healthy", "rows through a gru", `reshape([8, 8])\ngru(48)\n${END}`, { epochs: 30, optimizer: "adam(lr = 5e-3)" }),
  images("healthy", "rows through an lstm", `reshape([8, 8])\nlstm(48)\n${END}`, { epochs: 30, optimizer: "adam(lr = 5e-3)" }),
  flowers("healthy", "iris, 16 units", "dense(16) -> relu\ndense(3) -> softmax"),
  flowers("healthy", "iris, tanh", "dense(12) -> tanh\ndense(3) -> softmax"),
  numbers("healthy", "diabetes, linear", "dense(1)", { optimizer: "adam(lr = 1)", epochs: 150 }),
  numbers("healthy", "diabetes, 32 units", "dense(32) -> relu\ndense(1)", { epochs: 150, optimizer: "adam(lr = 0.03)" }),
];

const sick = [
  classes("sick", "sigmoid, six layers", stack(6, "dense(64) -> sigmoid")),
  classes("sick", "sigmoid, ten layers", stack(10, "dense(64) -> sigmoid")),
  classes("sick", "sigmoid, twenty narrow layers", stack(20, "dense(32) -> sigmoid")),
  classes("sick", "tanh from normal(0.01), eight layers", stack(8, "dense(64, init = normal(0.01)) -> tanh")),
  classes("sick", "relu from normal(0.01), six layers", stack(6, "dense(64, init = normal(0.01)) -> relu"), { epochs: 8 }),
  classes("sick", "relu from glorot, forty layers", stack(40, "dense(64) -> relu")),
  classes("sick", "relu from he, sixty narrow layers", stack(60, "dense(16, init = he_normal) -> relu")),
  classes("sick", "relu from normal(1), eight layers", stack(8, "dense(128, init = normal(1)) -> relu")),
  classes("sick", "tanh from normal(1), eight layers", stack(8, "dense(128, init = normal(1)) -> tanh")),
  classes("sick", "linear from normal(0.5), thirty layers", stack(30, "dense(64, init = normal(0.5)) -> leaky_relu(0.5)"), { optimizer: "sgd(lr = 0.01)" }),
  classes("sick", "softsign-like: hard_sigmoid, eight layers", stack(8, "dense(64) -> hard_sigmoid")),
  classes("sick", "two units, twelve relu layers", stack(12, "dense(2) -> relu")),
  classes("sick", "three units, twenty relu layers, he", stack(20, "dense(3, init = he_normal) -> relu")),
  classes("sick", "bias −6", stack(2, "dense(64, bias_init = constant(-6)) -> relu"), { epochs: 8 }),
  classes("sick", "bias −20 in one layer", `dense(64) -> relu\ndense(64, bias_init = constant(-20)) -> relu\n${END}`),
  classes("sick", "zeros before relu", stack(2, "dense(64, init = zeros) -> relu")),
  classes("sick", "zeros before relu, one layer", stack(1, "dense(64, init = zeros) -> relu")),
  classes("sick", "constant weights twice", `dense(64, init = constant(0.05)) -> tanh\ndense(64, init = constant(0.05)) -> tanh\ndense(10, init = constant(0.05)) -> softmax`),
  classes("sick", "ones twice, sigmoid", `dense(64, init = ones) -> sigmoid\ndense(64, init = ones) -> sigmoid\n${END}`),
  classes("sick", "adam 1.0", stack(2, "dense(64) -> relu"), { optimizer: "adam(lr = 1)" }),
  classes("sick", "adam 0.3", stack(3, "dense(128) -> relu"), { optimizer: "adam(lr = 0.3)" }),
  classes("sick", "sgd 20", stack(2, "dense(64) -> relu"), { optimizer: "sgd(lr = 20)" }),
  classes("sick", "sgd 1 with momentum 0.99", stack(3, "dense(128, init = he_normal) -> relu"), { optimizer: "sgd(lr = 1, momentum = 0.99)" }),
  classes("sick", "rmsprop 0.5", stack(2, "dense(64) -> relu"), { optimizer: "rmsprop(lr = 0.5)" }),
  classes("sick", "sgd 1e-6", stack(2, "dense(64) -> relu"), { optimizer: "sgd(lr = 1e-6)" }),
  classes("sick", "adam 1e-8", stack(2, "dense(64) -> relu"), { optimizer: "adam(lr = 1e-8)" }),
  classes("sick", "mse after softmax, sigmoid stack", stack(4, "dense(64) -> sigmoid"), { loss: "mse", optimizer: "sgd(lr = 0.01)" }),
  classes("sick", "mse after softmax, sgd", stack(2, "dense(64) -> relu"), { loss: "mse", optimizer: "sgd(lr = 0.01)" }),
  classes("sick", "relu before softmax", "dense(64) -> relu\ndense(10, bias_init = constant(-4)) -> relu -> softmax"),
  classes("sick", "dropout 0.95", stack(3, "dense(64) -> relu -> dropout(0.95)")),
  classes("sick", "dropout before softmax's input", `dense(64) -> relu\ndense(10) -> dropout(0.9) -> softmax`),
  classes("sick", "sigmoid over unscaled pixels ×1000", stack(3, "dense(64) -> sigmoid"), {}, { scale: "1000" }),
  classes("sick", "tanh over unscaled pixels ×1000", stack(3, "dense(64) -> tanh"), {}, { scale: "1000" }),
  classes("sick", "features shrunk to 1e-6", stack(2, "dense(64) -> relu"), { optimizer: "sgd(lr = 0.01)" }, { scale: "1e-6" }),
  classes("sick", "batch norm with batch 1", stack(2, "dense(64, bias = false) -> batch_norm -> relu"), { batch: 1, epochs: 3 }),
  classes("sick", "batch norm with batch 2", stack(4, "dense(64, bias = false) -> batch_norm -> relu"), { batch: 2, epochs: 4 }),
  classes("sick", "residual sums without norm, forty blocks", `dense(64)\n${stack(40, "add { dense(64, init = he_normal) -> relu -> dense(64, init = he_normal) } { identity }")}`),
  images("sick", "conv sigmoid, eight layers", `repeat 8 { ${conv(8)} -> sigmoid }\nflatten\n${END}`),
  images("sick", "conv relu from normal(0.01), eight layers", `repeat 8 { ${conv(8, ", init = normal(0.01)")} -> relu }\nflatten\n${END}`, { epochs: 8 }),
  images("sick", "conv zeros", `${conv(16, ", init = zeros")} -> relu\nflatten\n${END}`),
  images("sick", "conv bias −8", `${conv(16, ", bias_init = constant(-8)")} -> relu\nmax_pool2d(2)\nflatten\n${END}`),
  images("sick", "plain conv net, thirty layers, glorot", `repeat 30 { ${conv(8)} -> relu }\nglobal_avg_pool\n${END}`),
  images("sick", "rnn from ones", `reshape([8, 8])\nsimple_rnn(48, init = ones)\n${END}`),
  flowers("sick", "iris, sigmoid, eight layers", stack(8, "dense(16) -> sigmoid", "dense(3) -> softmax")),
  flowers("sick", "iris, zeros", "dense(16, init = zeros) -> relu\ndense(3) -> softmax"),
  numbers("sick", "diabetes, relu at the end, bias −400", "dense(32) -> relu\ndense(1, bias_init = constant(-400)) -> relu"),
  numbers("sick", "diabetes, sigmoid at the end", "dense(32) -> relu\ndense(1) -> sigmoid"),
  numbers("sick", "diabetes, tanh at the end", "dense(32) -> relu\ndense(1) -> tanh"),
];

export const networks = [...healthy, ...sick];

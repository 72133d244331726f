// Forty networks over depth, width, activation, initialization, normalization and residual form.
const stack = (depth, layer) => `repeat ${depth} { ${layer} }`;
const mlp = (depth, width, act, init = "glorot_uniform", more = "") => `input x [${width}]\n${stack(depth, `dense(${width}, init = ${init}${more}) -> ${act}`)}\ndense(10) -> softmax`;

export const networks = {
  "relu he 5×128": mlp(5, 128, "relu", "he_normal"),
  "relu he 20×128": mlp(20, 128, "relu", "he_normal"),
  "relu he_uniform 10×64": mlp(10, 64, "relu", "he_uniform"),
  "relu glorot 10×128": mlp(10, 128, "relu"),
  "relu glorot 30×128": mlp(30, 128, "relu"),
  "relu orthogonal(√2) 20×96": mlp(20, 96, "relu", "orthogonal(1.4142)"),
  "relu normal(0.05) 8×100": mlp(8, 100, "relu", "normal(0.05)"),
  "relu normal(0.2) 8×100": mlp(8, 100, "relu", "normal(0.2)"),
  "tanh glorot 5×128": mlp(5, 128, "tanh"),
  "tanh glorot 20×128": mlp(20, 128, "tanh"),
  "tanh normal(0.3) 8×100": mlp(8, 100, "tanh", "normal(0.3)"),
  "tanh bias 0.5, 6×128": mlp(6, 128, "tanh", "glorot_uniform", ", bias_init = constant(0.5)"),
  "sigmoid glorot 4×128": mlp(4, 128, "sigmoid"),
  "sigmoid glorot 10×128": mlp(10, 128, "sigmoid"),
  "hard_sigmoid he 5×128": mlp(5, 128, "hard_sigmoid", "he_normal"),
  "gelu glorot 10×128": mlp(10, 128, "gelu"),
  "silu he 10×128": mlp(10, 128, "silu", "he_normal"),
  "elu lecun 10×128": mlp(10, 128, "elu", "lecun_normal"),
  "selu lecun 20×128": mlp(20, 128, "selu", "lecun_normal"),
  "leaky_relu(0.2) he 10×128": mlp(10, 128, "leaky_relu(0.2)", "he_normal"),
  "prelu he 10×96": mlp(10, 96, "prelu", "he_normal"),
  "rrelu he 10×96": mlp(10, 96, "rrelu", "he_normal"),
  "relu6 normal(0.4) 6×100": mlp(6, 100, "relu6", "normal(0.4)"),
  "softplus glorot 6×128": mlp(6, 128, "softplus"),
  "swish by multiply 8×128": `input x [128]\n${stack(8, "dense(128, init = he_normal) -> multiply { identity } { sigmoid }")}\ndense(10) -> softmax`,
  "batch norm relu 10×64": `input x [64]\n${stack(10, "dense(64) -> batch_norm -> relu")}\ndense(10) -> softmax`,
  "batch norm tanh 10×64": `input x [64]\n${stack(10, "dense(64) -> batch_norm -> tanh")}\ndense(10) -> softmax`,
  "layer norm relu 15×128": `input x [128]\n${stack(15, "dense(128) -> layer_norm -> relu")}\ndense(10) -> softmax`,
  "rms norm gelu 10×128": `input x [128]\n${stack(10, "dense(128) -> rms_norm -> gelu")}\ndense(10) -> softmax`,
  "dropout(0.3) relu he 8×128": `input x [128]\n${stack(8, "dense(128, init = he_normal) -> relu -> dropout(0.3)")}\ndense(10) -> softmax`,
  "residual relu he 8×128": `input x [128]\n${stack(8, "add { dense(128, init = he_normal) -> relu } { identity }")}\ndense(10) -> softmax`,
  "residual pre-norm 12×128": `input x [128]\n${stack(12, "add { layer_norm -> dense(128) -> gelu -> dense(128) } { identity }")}\nlayer_norm\ndense(10) -> softmax`,
  "residual layer_scale(0.2) 10×128": `input x [128]\n${stack(10, "add { dense(128, init = he_normal) -> relu -> layer_scale(0.2) } { identity }")}\ndense(10) -> softmax`,
  "dense connections 6×32": `input x [64]\n${stack(6, "concat { dense(32, init = he_normal) -> relu } { identity }")}\ndense(10) -> softmax`,
  "vgg he, max pool": "input x [12, 12, 3]\nrepeat 2 { conv2d(32, 3, padding = same, init = he_normal) -> relu }\nmax_pool2d(2)\nrepeat 2 { conv2d(48, 3, padding = same, init = he_normal) -> relu }\nmax_pool2d(2)\nflatten\ndense(64, init = he_normal) -> relu\ndense(10) -> softmax",
  "conv valid tanh, avg pool": "input x [12, 12, 3]\nconv2d(32, 3) -> tanh\navg_pool2d(2)\nconv2d(48, 3) -> tanh\nflatten\ndense(10) -> softmax",
  "conv same relu, global avg": "input x [8, 8, 3]\nrepeat 4 { conv2d(48, 3, padding = same, init = he_normal) -> relu }\nglobal_avg_pool\ndense(10) -> softmax",
  "resnet, batch norm": "input x [8, 8, 3]\nconv2d(32, 3, padding = same) -> batch_norm -> relu\nrepeat 3 { add { conv2d(32, 3, padding = same, init = he_normal) -> batch_norm -> relu -> conv2d(32, 3, padding = same, init = he_normal) -> batch_norm } { identity } -> relu }\nglobal_avg_pool\ndense(10) -> softmax",
  "separable, group norm": "input x [8, 8, 16]\nrepeat 4 { separable_conv2d(32, 3, padding = same) -> group_norm(4) -> relu }\nglobal_max_pool\ndense(10) -> softmax",
  "simple_rnn(64), 20 steps": "input x [20, 32]\nsimple_rnn(64)\ndense(10) -> softmax",
};

/** Beyond the forty: where numbers are labelled estimated. */
export const estimated = {
  "lstm(64), 20 steps": "input x [20, 32]\nlstm(64)\ndense(10) -> softmax",
  "gru(64), 20 steps": "input x [20, 32]\ngru(64)\ndense(10) -> softmax",
  "transformer, 4 blocks": "input x [16, 64]\nrepeat 4 {\n  add { layer_norm -> attention(4) } { identity }\n  add { layer_norm -> dense(128) -> gelu -> dense(64) } { identity }\n}\nlayer_norm -> global_avg_pool\ndense(10) -> softmax",
};

// Run in a child process as `node smoke-test.cjs ADDON`: loads the addon, multiplies two matrices, takes a
// convolution's gradient, checks both and prints {"tensorflow": VERSION}. A library that crashes (built for
// another processor, say) takes this process with it, not the installation.
"use strict";
const tf = require(process.argv[2]);
const tensor = (shape, values) => tf.createTensor(shape, tf.TF_FLOAT, Float32Array.from(values));
const attr = (name, kind, value) => ({ name, type: tf[`TF_ATTR_${kind}`], value });
const float = attr("T", "TYPE", tf.TF_FLOAT);

function check(op, attrs, inputs, expected) {
  const [out] = tf.executeOp(op, attrs, inputs, 1);
  const got = Array.from(tf.tensorDataSync(out.id));
  if (got.length !== expected.length || got.some((v, i) => Math.abs(v - expected[i]) > 1e-5)) {
    throw new Error(`${op} gave [${got}] instead of [${expected}]`);
  }
}

check("MatMul", [float, attr("transpose_a", "BOOL", false), attr("transpose_b", "BOOL", false)],
  [tensor([2, 2], [1, 2, 3, 4]), tensor([2, 2], [5, 6, 7, 8])], [19, 22, 43, 50]);
// A 3x3 image, a 2x2 filter, an upstream gradient of ones: each weight's gradient is the sum of a 2x2 window.
check("Conv2DBackpropFilter",
  [float, attr("strides", "INT", [1, 1, 1, 1]), attr("padding", "STRING", "VALID"), attr("data_format", "STRING", "NHWC"),
    attr("use_cudnn_on_gpu", "BOOL", false), attr("dilations", "INT", [1, 1, 1, 1])],
  [tensor([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]), tf.createTensor([4], tf.TF_INT32, Int32Array.of(2, 2, 1, 1)), tensor([1, 2, 2, 1], [1, 1, 1, 1])],
  [12, 16, 24, 28]);
process.stdout.write(JSON.stringify({ tensorflow: tf.TF_Version }));

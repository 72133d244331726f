import { add } from "./add.ts";
import { attention } from "./attention.ts";
import { average } from "./average.ts";
import { avg_pool1d } from "./avg_pool1d.ts";
import { avg_pool2d } from "./avg_pool2d.ts";
import { avg_pool3d } from "./avg_pool3d.ts";
import { batch_norm } from "./batch_norm.ts";
import { bidirectional } from "./bidirectional.ts";
import { class_token } from "./class_token.ts";
import { concat } from "./concat.ts";
import { conv1d } from "./conv1d.ts";
import { conv1d_transpose } from "./conv1d_transpose.ts";
import { conv2d } from "./conv2d.ts";
import { conv2d_transpose } from "./conv2d_transpose.ts";
import { conv3d } from "./conv3d.ts";
import { conv3d_transpose } from "./conv3d_transpose.ts";
import { crop1d } from "./crop1d.ts";
import { crop2d } from "./crop2d.ts";
import { crop3d } from "./crop3d.ts";
import type { LayerDef } from "./define.ts";
import { dense } from "./dense.ts";
import { depthwise_conv1d } from "./depthwise_conv1d.ts";
import { depthwise_conv2d } from "./depthwise_conv2d.ts";
import { dot } from "./dot.ts";
import { drop_path } from "./drop_path.ts";
import { dropout } from "./dropout.ts";
import { elu } from "./elu.ts";
import { embedding } from "./embedding.ts";
import { flatten } from "./flatten.ts";
import { fourier_features } from "./fourier_features.ts";
import { gaussian_noise } from "./gaussian_noise.ts";
import { gelu } from "./gelu.ts";
import { global_avg_pool } from "./global_avg_pool.ts";
import { global_max_pool } from "./global_max_pool.ts";
import { group_norm } from "./group_norm.ts";
import { gru } from "./gru.ts";
import { hard_sigmoid } from "./hard_sigmoid.ts";
import { hard_silu } from "./hard_silu.ts";
import { identity } from "./identity.ts";
import { k_max_pool } from "./k_max_pool.ts";
import { layer_norm } from "./layer_norm.ts";
import { layer_scale } from "./layer_scale.ts";
import { leaky_relu } from "./leaky_relu.ts";
import { locally_connected2d } from "./locally_connected2d.ts";
import { log_softmax } from "./log_softmax.ts";
import { lstm } from "./lstm.ts";
import { matmul } from "./matmul.ts";
import { max_pool1d } from "./max_pool1d.ts";
import { max_pool2d } from "./max_pool2d.ts";
import { max_pool3d } from "./max_pool3d.ts";
import { max_unpool2d } from "./max_unpool2d.ts";
import { maximum } from "./maximum.ts";
import { mish } from "./mish.ts";
import { mixture } from "./mixture.ts";
import { multiply } from "./multiply.ts";
import { normalization } from "./normalization.ts";
import { parameter } from "./parameter.ts";
import { permute } from "./permute.ts";
import { position_embedding } from "./position_embedding.ts";
import { prelu } from "./prelu.ts";
import { relative_position_bias } from "./relative_position_bias.ts";
import { relu } from "./relu.ts";
import { relu6 } from "./relu6.ts";
import { rescaling } from "./rescaling.ts";
import { reshape } from "./reshape.ts";
import { reverse } from "./reverse.ts";
import { rms_norm } from "./rms_norm.ts";
import { rrelu } from "./rrelu.ts";
import { selu } from "./selu.ts";
import { separable_conv1d } from "./separable_conv1d.ts";
import { separable_conv2d } from "./separable_conv2d.ts";
import { sigmoid } from "./sigmoid.ts";
import { silu } from "./silu.ts";
import { simple_rnn } from "./simple_rnn.ts";
import { sine } from "./sine.ts";
import { sine_position_encoding } from "./sine_position_encoding.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { softplus } from "./softplus.ts";
import { sparsemax } from "./sparsemax.ts";
import { spatial_dropout } from "./spatial_dropout.ts";
import { subtract } from "./subtract.ts";
import { tanh } from "./tanh.ts";
import { unembedding } from "./unembedding.ts";
import { upsample1d } from "./upsample1d.ts";
import { upsample2d } from "./upsample2d.ts";
import { upsample3d } from "./upsample3d.ts";
import { window_attention2d } from "./window_attention2d.ts";
import { zero_pad1d } from "./zero_pad1d.ts";
import { zero_pad2d } from "./zero_pad2d.ts";
import { zero_pad3d } from "./zero_pad3d.ts";

/** One line a layer, in the order of the reference; everything that lists layers reads this. */
const all: readonly LayerDef[] = [
  dense,
  flatten,
  reshape,
  permute,
  slice,
  reverse,
  dropout,
  spatial_dropout,
  drop_path,
  gaussian_noise,
  embedding,
  unembedding,
  position_embedding,
  sine_position_encoding,
  fourier_features,
  class_token,
  parameter,
  identity,
  rescaling,
  normalization,
  layer_scale,
  conv1d,
  conv2d,
  conv3d,
  depthwise_conv1d,
  depthwise_conv2d,
  separable_conv1d,
  separable_conv2d,
  conv1d_transpose,
  conv2d_transpose,
  conv3d_transpose,
  locally_connected2d,
  max_pool1d,
  max_pool2d,
  max_pool3d,
  avg_pool1d,
  avg_pool2d,
  avg_pool3d,
  k_max_pool,
  global_max_pool,
  global_avg_pool,
  upsample1d,
  upsample2d,
  upsample3d,
  max_unpool2d,
  zero_pad1d,
  zero_pad2d,
  zero_pad3d,
  crop1d,
  crop2d,
  crop3d,
  batch_norm,
  layer_norm,
  group_norm,
  rms_norm,
  relu,
  relu6,
  leaky_relu,
  prelu,
  rrelu,
  elu,
  selu,
  gelu,
  silu,
  hard_sigmoid,
  hard_silu,
  mish,
  softplus,
  sigmoid,
  tanh,
  sine,
  softmax,
  log_softmax,
  sparsemax,
  add,
  subtract,
  multiply,
  average,
  maximum,
  concat,
  dot,
  matmul,
  mixture,
  attention,
  window_attention2d,
  relative_position_bias,
  simple_rnn,
  lstm,
  gru,
  bidirectional,
];

export const layers: ReadonlyMap<string, LayerDef> = new Map(all.map((l) => [l.name, l]));

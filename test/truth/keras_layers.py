"""Records what Keras says of every layer: shapes and counts (keras-layers.json), results (keras-values.json).

    python -m venv venv && venv/bin/pip install keras tensorflow-cpu==2.21.0
    venv/bin/python test/truth/keras_layers.py

The tests read the two files only. Weights and inputs follow the formulas of `weight` and `entry` below, which
test/kit/layer-values.ts repeats, so that only results are stored. What Keras 3 lacks is written out in NumPy ("numpy").
"""

import json
import math
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np

keras.config.set_floatx("float64")
ROWS = 2
MOST_VALUES = 160
LENGTH = 7  # stands for a symbolic size where results are computed

cases = []


def case(nnet, shape, *layers, more=(), tokens=None, training=False, context=False):
    """`layers`: (class, kwargs), applied in turn; the first takes every input. null in a shape: any size."""
    cases.append({"nnet": nnet, "inputs": [shape, *more], "layers": layers, "tokens": tokens, "training": training, "context": context})


def act(name):
    return ("Activation", {"activation": name})


# core
case("dense(3)", [4], ("Dense", {"units": 3}))
case("dense(3, false)", [4], ("Dense", {"units": 3, "use_bias": False}))
case("dense(5, bias = true)", [6, 4], ("Dense", {"units": 5}))
case("dense(2)", [3, 2, 4], ("Dense", {"units": 2}))
case("dense(4)", [None, 3], ("Dense", {"units": 4}))
case("dense(100)", [784], ("Dense", {"units": 100}))
case("dense(3, frozen = true)", [4], ("Dense", {"units": 3, "trainable": False}))
case("flatten", [4, 3], ("Flatten", {}))
case("flatten", [2, 3, 4], ("Flatten", {}))
case("flatten", [5], ("Flatten", {}))
case("reshape([2, 6])", [3, 4], ("Reshape", {"target_shape": [2, 6]}))
case("reshape([-1, 2])", [3, 4], ("Reshape", {"target_shape": [-1, 2]}))
case("reshape([-1])", [3, 4, 2], ("Reshape", {"target_shape": [-1]}))
case("reshape([2, -1, 3])", [12], ("Reshape", {"target_shape": [2, -1, 3]}))
case("permute([1, 0])", [3, 4], ("Permute", {"dims": [2, 1]}))
case("permute([2, 0, 1])", [2, 3, 4], ("Permute", {"dims": [3, 1, 2]}))
case("slice(0, 1, 2)", [4, 3], ("numpy", "x[:, 1:3]"))
case("slice(axis = -1, start = 1, size = 2)", [2, 4], ("numpy", "x[..., 1:3]"))
case("slice(size = 3)", [2, 4], ("numpy", "x[..., :3]"))
case("reverse", [None, 3], ("numpy", "np.flip(x, [1])"))
case("reverse(axis = -1)", [2, 4], ("numpy", "np.flip(x, [2])"))
case("dropout(0.5)", [4], ("Dropout", {"rate": 0.5}))
case("spatial_dropout(0.2)", [4, 3], ("SpatialDropout1D", {"rate": 0.2}))
case("spatial_dropout(0.2)", [3, 3, 2], ("SpatialDropout2D", {"rate": 0.2}))
case("drop_path(0.1)", [4], ("numpy", "x"))
case("gaussian_noise(0.1)", [4], ("GaussianNoise", {"stddev": 0.1}))
case("embedding(10, 4)", [5], ("Embedding", {"input_dim": 10, "output_dim": 4}), tokens=10)
case("embedding(10, 4)", [None], ("Embedding", {"input_dim": 10, "output_dim": 4}), tokens=10)
case("embedding(6, 3)", [2, 4], ("Embedding", {"input_dim": 6, "output_dim": 3}), tokens=6)
case("embedding(tokens = 20000, size = 128)", [None], ("Embedding", {"input_dim": 20000, "output_dim": 128}), tokens=20000)
case("embedding(6, 4) as words -> tanh -> unembedding(words)", [3], ("numpy", "(lambda t: np.tanh(t[x]) @ t.T)(w((6, 4)))"), tokens=6)
case("embedding(5, 3) as words -> global_avg_pool -> unembedding(words)", [None], ("numpy", "(lambda t: t[x].mean(1) @ t.T)(w((5, 3)))"), tokens=5)
case("position_embedding", [5, 4], ("numpy", "x + w((5, 4))"))
case("position_embedding(max = 9)", [5, 4], ("numpy", "x + w((9, 4))[:5]"))
case("position_embedding(12)", [None, 3], ("numpy", "x + w((12, 3))[:x.shape[1]]"))
case("sine_position_encoding", [5, 6], ("numpy", "x + sines(5, 6, 10_000)"))
case("sine_position_encoding(100)", [None, 4], ("numpy", "x + sines(x.shape[1], 4, 100)"))
case("sine_position_encoding", [3, 4, 6], ("numpy", "x + sines_of_axes([3, 4], 6, 10_000)"))
case("sine_position_encoding(20, normalized = true)", [2, 3, 4], ("numpy", "x + sines_of_axes([2, 3], 4, 20, True)"))
case("sine_position_encoding(normalized = true)", [5, 4], ("numpy", "x + sines_of_axes([5], 4, 10_000, True)"))
case("sine_position_encoding", [2, 2, 2, 6], ("numpy", "x + sines_of_axes([2, 2, 2], 6, 10_000)"))
case("fourier_features(2)", [3], ("numpy", "np.concatenate([np.stack([f(x[:, i // 2] * 2 ** (i % 2)) for i in range(6)], 1) for f in (np.sin, np.cos)], 1)"))
case("fourier_features(3, 0.5, 1.5, keep = true)", [2, 1], ("numpy", "np.concatenate([x, *[f(x * 0.5 * 1.5**i) for f in (np.sin, np.cos) for i in range(3)]], 2)"))
case("parameter([2, 3])", [4], ("numpy", "np.broadcast_to(w((2, 3)), (len(x), 2, 3)) + 0 * x[:, :1, None]"))
case("parameter([1])", [None, 4], ("numpy", "np.broadcast_to(w((1,)), (len(x), 1)) + 0 * x[:, 0, :1]"))
case("class_token", [4, 3], ("numpy", "np.concatenate([np.broadcast_to(w((1, 3)), (len(x), 1, 3)), x], 1)"))
case("class_token", [None, 3], ("numpy", "np.concatenate([np.broadcast_to(w((1, 3)), (len(x), 1, 3)), x], 1)"))
case("identity", [4, 2], ("Identity", {}))
case("rescaling(1/255)", [4, 2], ("Rescaling", {"scale": 1 / 255}))
case("rescaling(2, -1)", [4], ("Rescaling", {"scale": 2, "offset": -1}))
case("normalization", [4], ("Normalization", {}))
case("normalization", [3, 3, 2], ("Normalization", {}))
case("layer_scale", [4, 3], ("numpy", "x * w((3,))"))
# convolution
case("conv1d(3, 2)", [6, 4], ("Conv1D", {"filters": 3, "kernel_size": 2}))
case("conv1d(3, 3, 2)", [8, 2], ("Conv1D", {"filters": 3, "kernel_size": 3, "strides": 2}))
case("conv1d(3, 3, padding = same)", [7, 2], ("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "same"}))
case("conv1d(3, 4, stride = 3, padding = same)", [8, 2], ("Conv1D", {"filters": 3, "kernel_size": 4, "strides": 3, "padding": "same"}))
case("conv1d(2, 3, dilation = 2)", [9, 2], ("Conv1D", {"filters": 2, "kernel_size": 3, "dilation_rate": 2}))
case("conv1d(4, 3, groups = 2)", [6, 4], ("Conv1D", {"filters": 4, "kernel_size": 3, "groups": 2}))
case("conv1d(4, 3)", [None, 2], ("Conv1D", {"filters": 4, "kernel_size": 3}))
case("conv1d(4, 3, stride = 2, padding = same)", [None, 2], ("Conv1D", {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}))
case("conv1d(3, 3, padding = 1, bias = false)", [6, 2], ("ZeroPadding1D", {"padding": 1}), ("Conv1D", {"filters": 3, "kernel_size": 3, "use_bias": False}))
case("conv1d(2, 3, padding = [[2, 0]])", [5, 2], ("ZeroPadding1D", {"padding": [2, 0]}), ("Conv1D", {"filters": 2, "kernel_size": 3}))
case("conv2d(3, 3)", [5, 5, 2], ("Conv2D", {"filters": 3, "kernel_size": 3}))
case("conv2d(3, [2, 3])", [5, 6, 2], ("Conv2D", {"filters": 3, "kernel_size": [2, 3]}))
case("conv2d(3, 3, 2)", [7, 6, 2], ("Conv2D", {"filters": 3, "kernel_size": 3, "strides": 2}))
case("conv2d(3, 3, 2, same)", [6, 7, 2], ("Conv2D", {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}))
case("conv2d(3, 2, padding = same)", [4, 4, 1], ("Conv2D", {"filters": 3, "kernel_size": 2, "padding": "same"}))
case("conv2d(2, 3, stride = [1, 2])", [5, 6, 2], ("Conv2D", {"filters": 2, "kernel_size": 3, "strides": [1, 2]}))
case("conv2d(2, 3, dilation = 2)", [7, 7, 2], ("Conv2D", {"filters": 2, "kernel_size": 3, "dilation_rate": 2}))
case("conv2d(2, 3, dilation = [1, 2], padding = same)", [5, 6, 2], ("Conv2D", {"filters": 2, "kernel_size": 3, "dilation_rate": [1, 2], "padding": "same"}))
case("conv2d(4, 3, groups = 2)", [5, 5, 4], ("Conv2D", {"filters": 4, "kernel_size": 3, "groups": 2}))
case("conv2d(6, 1, groups = 3, bias = false)", [3, 3, 6], ("Conv2D", {"filters": 6, "kernel_size": 1, "groups": 3, "use_bias": False}))
case("conv2d(2, 3, padding = 1)", [4, 5, 2], ("ZeroPadding2D", {"padding": 1}), ("Conv2D", {"filters": 2, "kernel_size": 3}))
case("conv2d(2, 3, stride = 2, padding = [1, 2])", [5, 4, 2], ("ZeroPadding2D", {"padding": [1, 2]}), ("Conv2D", {"filters": 2, "kernel_size": 3, "strides": 2}))
case("conv2d(2, 3, padding = [[1, 0], [0, 2]])", [4, 4, 2], ("ZeroPadding2D", {"padding": [[1, 0], [0, 2]]}), ("Conv2D", {"filters": 2, "kernel_size": 3}))
case("conv2d(64, 7, stride = 2, padding = same)", [224, 224, 3], ("Conv2D", {"filters": 64, "kernel_size": 7, "strides": 2, "padding": "same"}))
case("conv2d(8, 3, padding = same)", [None, None, 3], ("Conv2D", {"filters": 8, "kernel_size": 3, "padding": "same"}))
case("conv3d(2, 2)", [3, 4, 3, 2], ("Conv3D", {"filters": 2, "kernel_size": 2}))
case("conv3d(2, 3, 2, same)", [4, 3, 5, 1], ("Conv3D", {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}))
case("conv3d(2, [1, 2, 3], bias = false)", [3, 3, 3, 2], ("Conv3D", {"filters": 2, "kernel_size": [1, 2, 3], "use_bias": False}))
case("depthwise_conv1d(3)", [6, 3], ("DepthwiseConv1D", {"kernel_size": 3}))
case("depthwise_conv1d(3, 2, stride = 2)", [7, 2], ("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2, "strides": 2}))
case("depthwise_conv1d(4, stride = 3, padding = same)", [None, 2], ("DepthwiseConv1D", {"kernel_size": 4, "strides": 3, "padding": "same"}))
case("depthwise_conv1d(3, dilation = 2, bias = false)", [7, 2], ("DepthwiseConv1D", {"kernel_size": 3, "dilation_rate": 2, "use_bias": False}))
case("depthwise_conv1d(3, padding = [[2, 0]])", [5, 2], ("ZeroPadding1D", {"padding": [2, 0]}), ("DepthwiseConv1D", {"kernel_size": 3}))
case("depthwise_conv2d(3)", [5, 5, 3], ("DepthwiseConv2D", {"kernel_size": 3}))
case("depthwise_conv2d(3, 2)", [4, 4, 2], ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}))
case("depthwise_conv2d(3, stride = 2, padding = same)", [6, 6, 2], ("DepthwiseConv2D", {"kernel_size": 3, "strides": 2, "padding": "same"}))
case("depthwise_conv2d(2, dilation = 2, bias = false)", [5, 5, 2], ("DepthwiseConv2D", {"kernel_size": 2, "dilation_rate": 2, "use_bias": False}))
case("depthwise_conv2d(3, padding = 1)", [4, 4, 2], ("ZeroPadding2D", {"padding": 1}), ("DepthwiseConv2D", {"kernel_size": 3}))
case("separable_conv1d(4, 3)", [6, 2], ("SeparableConv1D", {"filters": 4, "kernel_size": 3}))
case("separable_conv1d(3, 3, 2)", [5, 2], ("SeparableConv1D", {"filters": 3, "kernel_size": 3, "depth_multiplier": 2}))
case("separable_conv1d(4, 3, stride = 2, padding = same)", [None, 2], ("SeparableConv1D", {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}))
case("separable_conv1d(3, 2, dilation = 2, bias = false)", [6, 2], ("SeparableConv1D", {"filters": 3, "kernel_size": 2, "dilation_rate": 2, "use_bias": False}))
case("separable_conv2d(4, 3)", [5, 5, 2], ("SeparableConv2D", {"filters": 4, "kernel_size": 3}))
case("separable_conv2d(3, 3, 2)", [4, 4, 2], ("SeparableConv2D", {"filters": 3, "kernel_size": 3, "depth_multiplier": 2}))
case("separable_conv2d(4, 3, stride = 2, padding = same)", [6, 6, 2], ("SeparableConv2D", {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}))
case("separable_conv2d(3, 2, dilation = 2, bias = false)", [5, 5, 2], ("SeparableConv2D", {"filters": 3, "kernel_size": 2, "dilation_rate": 2, "use_bias": False}))
case("conv1d_transpose(3, 2)", [4, 2], ("Conv1DTranspose", {"filters": 3, "kernel_size": 2}))
case("conv1d_transpose(2, 3, 2)", [4, 2], ("Conv1DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2}))
case("conv1d_transpose(2, 3, 2, same)", [None, 2], ("Conv1DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}))
case("conv1d_transpose(2, 2, stride = 3, bias = false)", [3, 1], ("Conv1DTranspose", {"filters": 2, "kernel_size": 2, "strides": 3, "use_bias": False}))
case("conv1d_transpose(2, 4, 2, 1)", [None, 3], ("Conv1DTranspose", {"filters": 2, "kernel_size": 4, "strides": 2}), ("Cropping1D", {"cropping": 1}))
case("conv1d_transpose(2, 3, stride = 2, padding = [[1, 0]])", [4, 2], ("Conv1DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2}), ("Cropping1D", {"cropping": [1, 0]}))
case("conv2d_transpose(3, 2)", [3, 3, 2], ("Conv2DTranspose", {"filters": 3, "kernel_size": 2}))
case("conv2d_transpose(2, 3, 2)", [3, 4, 2], ("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2}))
case("conv2d_transpose(2, 3, 2, same)", [3, 4, 2], ("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}))
case("conv2d_transpose(2, 2, stride = 3)", [2, 3, 2], ("Conv2DTranspose", {"filters": 2, "kernel_size": 2, "strides": 3}))
case("conv2d_transpose(2, 2, stride = 3, padding = same)", [2, 3, 2], ("Conv2DTranspose", {"filters": 2, "kernel_size": 2, "strides": 3, "padding": "same"}))
case("conv2d_transpose(2, [2, 3], stride = [1, 2], bias = false)", [3, 2, 1], ("Conv2DTranspose", {"filters": 2, "kernel_size": [2, 3], "strides": [1, 2], "use_bias": False}))
case("conv2d_transpose(2, 4, stride = 2, padding = same)", [3, 3, 2], ("Conv2DTranspose", {"filters": 2, "kernel_size": 4, "strides": 2, "padding": "same"}))
case("conv2d_transpose(2, 4, 2, 1)", [3, 2, 2], ("Conv2DTranspose", {"filters": 2, "kernel_size": 4, "strides": 2}), ("Cropping2D", {"cropping": 1}))
case("conv2d_transpose(2, [3, 2], stride = [2, 1], padding = [[1, 0], [0, 1]])", [3, 4, 1], ("Conv2DTranspose", {"filters": 2, "kernel_size": [3, 2], "strides": [2, 1]}), ("Cropping2D", {"cropping": [[1, 0], [0, 1]]}))
case("conv3d_transpose(2, 2)", [2, 3, 2, 2], ("Conv3DTranspose", {"filters": 2, "kernel_size": 2}))
case("conv3d_transpose(1, 3, 2)", [2, 1, 2, 2], ("Conv3DTranspose", {"filters": 1, "kernel_size": 3, "strides": 2}))
case("conv3d_transpose(1, [3, 2, 3], [2, 1, 3], same)", [2, 3, 2, 1], ("Conv3DTranspose", {"filters": 1, "kernel_size": [3, 2, 3], "strides": [2, 1, 3], "padding": "same"}))
case("conv3d_transpose(2, 2, stride = 3, bias = false)", [1, 2, 1, 2], ("Conv3DTranspose", {"filters": 2, "kernel_size": 2, "strides": 3, "use_bias": False}))
case("conv3d_transpose(1, 4, stride = 2, padding = [1, 2, 1])", [2, 2, 2, 1], ("Conv3DTranspose", {"filters": 1, "kernel_size": 4, "strides": 2}), ("Cropping3D", {"cropping": [1, 2, 1]}))
case("conv3d_transpose(4, 3, stride = 2, padding = same)", [None, None, 4, 8], ("Conv3DTranspose", {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}))
case("locally_connected2d(3, 2)", [4, 4, 2], ("numpy", "local(x, w, 2, 1, 3)"))
case("locally_connected2d(2, 3, stride = 2)", [5, 7, 1], ("numpy", "local(x, w, 3, 2, 2)"))
case("locally_connected2d(2, 2, bias = false)", [3, 3, 2], ("numpy", "local(x, w, 2, 1, 2, bias=False)"))
# pooling
for keras_name, name in (("MaxPooling", "max_pool"), ("AveragePooling", "avg_pool")):
    case(f"{name}1d", [6, 2], (f"{keras_name}1D", {"pool_size": 2}))
    case(f"{name}1d(3, 1)", [6, 2], (f"{keras_name}1D", {"pool_size": 3, "strides": 1}))
    case(f"{name}1d(3, 2, same)", [6, 2], (f"{keras_name}1D", {"pool_size": 3, "strides": 2, "padding": "same"}))
    case(f"{name}1d(2)", [None, 3], (f"{keras_name}1D", {"pool_size": 2}))
    case(f"{name}2d", [5, 4, 2], (f"{keras_name}2D", {"pool_size": 2}))
    case(f"{name}2d(3)", [7, 6, 2], (f"{keras_name}2D", {"pool_size": 3}))
    case(f"{name}2d(3, 2)", [7, 6, 2], (f"{keras_name}2D", {"pool_size": 3, "strides": 2}))
    case(f"{name}2d(3, stride = 2, padding = same)", [5, 6, 2], (f"{keras_name}2D", {"pool_size": 3, "strides": 2, "padding": "same"}))
    case(f"{name}2d([1, 2], padding = same)", [3, 5, 2], (f"{keras_name}2D", {"pool_size": [1, 2], "padding": "same"}))
    case(f"{name}3d", [4, 4, 3, 2], (f"{keras_name}3D", {"pool_size": 2}))
    case(f"{name}3d(2, 1, same)", [2, 3, 2, 2], (f"{keras_name}3D", {"pool_size": 2, "strides": 1, "padding": "same"}))
case("max_pool2d(3, 2, 1)", [5, 5, 2], ("numpy", "padded_pool(x, np.max, -np.inf)"))
case("avg_pool2d(3, 2, 1)", [5, 5, 2], ("numpy", "padded_pool(x, np.nanmean, np.nan)"))
case("k_max_pool", [5, 3], ("numpy", "k_max(x, 1)"))
case("k_max_pool(3)", [7, 2], ("numpy", "k_max(x, 3)"))
case("k_max_pool(2)", [None, 3], ("numpy", "k_max(x, 2)"))
case("y -> max_pool2d(2) as p; x -> max_unpool2d(p)", [2, 2, 3], ("numpy", "unpool(x, y)"), more=([4, 4, 3],))
case("y -> relu -> max_pool2d as p; x -> max_unpool2d(p)", [2, 3, 2], ("numpy", "unpool(x, np.maximum(y, 0))"), more=([5, 6, 2],))
case("y -> max_pool2d(2, padding = same) as p; x -> max_unpool2d(p)", [2, 2, 2], ("numpy", "unpool(x, y)"), more=([3, 4, 2],))
for keras_name, name in (("GlobalMaxPooling", "global_max_pool"), ("GlobalAveragePooling", "global_avg_pool")):
    case(name, [5, 3], (f"{keras_name}1D", {}))
    case(name, [None, 3], (f"{keras_name}1D", {}))
    case(name, [4, 3, 2], (f"{keras_name}2D", {}))
    case(name, [2, 3, 2, 2], (f"{keras_name}3D", {}))
case("upsample1d", [None, 3], ("UpSampling1D", {}))
case("upsample1d(3)", [4, 2], ("UpSampling1D", {"size": 3}))
case("upsample2d", [2, 3, 2], ("UpSampling2D", {}))
case("upsample2d([2, 3])", [2, 2, 2], ("UpSampling2D", {"size": [2, 3]}))
case("upsample3d", [1, 2, 2, 2], ("UpSampling3D", {}))
case("upsample3d([1, 3, 2])", [2, 1, 3, 2], ("UpSampling3D", {"size": [1, 3, 2]}))
case("zero_pad1d", [3, 2], ("ZeroPadding1D", {"padding": 1}))
case("zero_pad1d([2, 0])", [None, 2], ("ZeroPadding1D", {"padding": [2, 0]}))
case("zero_pad2d(1)", [2, 3, 2], ("ZeroPadding2D", {"padding": 1}))
case("zero_pad2d([1, 2])", [2, 3, 2], ("ZeroPadding2D", {"padding": [1, 2]}))
case("zero_pad2d([1, 0, 2, 1])", [2, 3, 2], ("ZeroPadding2D", {"padding": [[1, 0], [2, 1]]}))
case("zero_pad3d(1)", [1, 2, 2, 1], ("ZeroPadding3D", {"padding": 1}))
case("zero_pad3d([1, 0, 2])", [2, 1, 2, 2], ("ZeroPadding3D", {"padding": [1, 0, 2]}))
case("zero_pad3d([1, 0, 0, 2, 1, 1])", [2, 1, 1, 2], ("ZeroPadding3D", {"padding": [[1, 0], [0, 2], [1, 1]]}))
case("crop1d", [5, 2], ("Cropping1D", {"cropping": 1}))
case("crop1d([2, 1])", [None, 2], ("Cropping1D", {"cropping": [2, 1]}))
case("crop2d(1)", [4, 5, 2], ("Cropping2D", {"cropping": 1}))
case("crop2d([1, 2])", [4, 6, 2], ("Cropping2D", {"cropping": [1, 2]}))
case("crop2d([1, 0, 2, 1])", [4, 6, 2], ("Cropping2D", {"cropping": [[1, 0], [2, 1]]}))
case("crop3d(1)", [3, 4, 3, 2], ("Cropping3D", {"cropping": 1}))
case("crop3d([1, 0, 1])", [4, 2, 3, 2], ("Cropping3D", {"cropping": [1, 0, 1]}))
case("crop3d([1, 0, 0, 2, 1, 1])", [3, 4, 3, 2], ("Cropping3D", {"cropping": [[1, 0], [0, 2], [1, 1]]}))
# normalization
case("batch_norm", [4], ("BatchNormalization", {}))
case("batch_norm", [3, 3, 2], ("BatchNormalization", {}))
case("batch_norm(0.9, 0.01)", [4, 2], ("BatchNormalization", {"momentum": 0.9, "epsilon": 0.01}))
case("batch_norm(center = false)", [4], ("BatchNormalization", {"center": False}))
case("batch_norm(scale = false)", [4], ("BatchNormalization", {"scale": False}))
case("batch_norm(center = false, scale = false)", [None, 4], ("BatchNormalization", {"center": False, "scale": False}))
case("batch_norm(frozen = true)", [4], ("BatchNormalization", {"trainable": False}))
case("batch_norm", [4], ("BatchNormalization", {}), training=True)
case("batch_norm(0.9)", [3, 3, 2], ("BatchNormalization", {"momentum": 0.9}), training=True)
case("batch_norm(frozen = true)", [4], ("BatchNormalization", {"trainable": False}), training=True)
case("layer_norm", [6], ("LayerNormalization", {}))
case("layer_norm(1e-5)", [3, 4], ("LayerNormalization", {"epsilon": 1e-5}))
case("layer_norm", [None, 4], ("LayerNormalization", {}))
case("group_norm(2)", [3, 3, 4], ("GroupNormalization", {"groups": 2}))
case("group_norm(4, 1e-5)", [5, 4], ("GroupNormalization", {"groups": 4, "epsilon": 1e-5}))
case("group_norm(1)", [6], ("GroupNormalization", {"groups": 1}))
case("rms_norm", [6], ("RMSNormalization", {}))
case("rms_norm(1e-3)", [3, 4], ("RMSNormalization", {"epsilon": 1e-3}))
# activations
for name in ("relu", "relu6", "elu", "selu", "gelu", "silu", "hard_sigmoid", "hard_silu", "mish", "softplus", "sigmoid", "tanh", "softmax", "log_softmax"):
    case(name, [3, 5], act(name))
case("elu(0.5)", [5], ("ELU", {"alpha": 0.5}))
case("leaky_relu", [5], ("LeakyReLU", {"negative_slope": 0.01}))
case("leaky_relu(0.2)", [5], ("LeakyReLU", {"negative_slope": 0.2}))
case("prelu", [5], ("PReLU", {}))
case("prelu", [3, 3, 2], ("PReLU", {"shared_axes": [1, 2]}))
case("prelu(true)", [3, 2], ("PReLU", {"shared_axes": [1, 2]}))
case("rrelu", [5], ("LeakyReLU", {"negative_slope": (1 / 8 + 1 / 3) / 2}))
case("rrelu(0.1, 0.3)", [5], ("LeakyReLU", {"negative_slope": 0.2}))
case("softmax", [4], act("softmax"))
case("sparsemax", [5], ("numpy", "sparsemax(x)"))
case("sparsemax", [3, 4], ("numpy", "sparsemax(x)"))
case("rescaling(0.3) -> sparsemax", [2, 2, 6], ("numpy", "sparsemax(0.3 * x)"))
case("sine", [3, 2], ("numpy", "np.sin(x)"))
case("sine(3)", [None, 2], ("numpy", "np.sin(3 * x)"))
# merging
for keras_name, name in (("Add", "add"), ("Subtract", "subtract"), ("Multiply", "multiply"), ("Average", "average"), ("Maximum", "maximum")):
    case(f"x -> {name}(y)", [3, 2], (keras_name, {}), more=([3, 2],))
    if name != "subtract":
        case(f"x -> {name}(y, z)", [4], (keras_name, {}), more=([4], [4]))
case("x -> add(y)", [2, 3, 4], ("Add", {}), more=([4],))
case("x -> multiply(y)", [2, 3, 4], ("Multiply", {}), more=([1, 1, 4],))
case("x -> concat(y)", [3, 2], ("Concatenate", {}), more=([3, 4],))
case("x -> concat(y, z, axis = 0)", [3, 2], ("Concatenate", {"axis": 1}), more=([1, 2], [2, 2]))
case("x -> concat(y, axis = 1)", [2, 3, 2], ("Concatenate", {"axis": 2}), more=([2, 1, 2],))
case("x -> dot(y)", [5], ("Dot", {"axes": -1}), more=([5],))
case("x -> matmul(y)", [2, 3], ("numpy", "x @ y"), more=([3, 4],))
case("x -> matmul(y, transposed = true)", [2, 3, 2], ("numpy", "x @ y.swapaxes(-1, -2)"), more=([2, 4, 2],))
case("x -> mixture(y, k = 1) { dense(2) } { dense(2) } { tanh -> dense(2) }", [2, 3], ("numpy", "mixed(y, [x @ w((3, 2)) + w((2,)), x @ w((3, 2)) + w((2,)), np.tanh(x) @ w((3, 2)) + w((2,))], 1)"), more=([2, 3],))
case("x -> mixture(y, z)", [3, 2], ("numpy", "mixed(z, [x, y], 2)"), more=([3, 2], [3, 2]))
case("x -> mixture(y, k = 2) { relu } { tanh } { identity } { rescaling(2) }", [3, 2], ("numpy", "mixed(y, [np.maximum(x, 0), np.tanh(x), x, 2 * x], 2)"), more=([3, 4],))
case("x -> mixture(y, k = 1) { relu } { tanh } { identity }", [4], ("numpy", "mixed(y, [np.maximum(x, 0), np.tanh(x), x], 1)"), more=([3],))
# sequence
for keras_name, name in (("SimpleRNN", "simple_rnn"), ("LSTM", "lstm"), ("GRU", "gru")):
    case(f"{name}(4)", [5, 3], (keras_name, {"units": 4}))
    case(f"{name}(3, true)", [4, 2], (keras_name, {"units": 3, "return_sequences": True}))
    case(f"{name}(4)", [None, 3], (keras_name, {"units": 4}))
    case(f"{name}(8, sequences = true)", [None, 16], (keras_name, {"units": 8, "return_sequences": True}))
    case(f"bidirectional({name}(3))", [4, 2], ("Bidirectional", {"layer": [keras_name, {"units": 3}]}))
    case(f"bidirectional({name}(3, sequences = true))", [4, 2], ("Bidirectional", {"layer": [keras_name, {"units": 3, "return_sequences": True}]}))
case("lstm(4, projection = 2)", [5, 3], ("numpy", "projected_lstm(x, w, 4, 2)[:, -1]"))
case("lstm(3, sequences = true, projection = 2)", [None, 2], ("numpy", "projected_lstm(x, w, 3, 2)"))
case("lstm(3, projection = 1)", [4, 2], ("numpy", "projected_lstm(x, w, 3, 1)[:, -1]"))
case("bidirectional(lstm(3, true, projection = 2))", [4, 2], ("numpy", "np.concatenate([projected_lstm(x, w, 3, 2), projected_lstm(x, w, 3, 2, True)], -1)"))
case("attention(2)", [4, 6], ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}))
case("attention(2, 5)", [4, 6], ("MultiHeadAttention", {"num_heads": 2, "key_dim": 5}))
case("attention(2, causal = true)", [5, 4], ("MultiHeadAttention", {"num_heads": 2, "key_dim": 2}))
case("x -> attention(2, context = y)", [3, 4], ("MultiHeadAttention", {"num_heads": 2, "key_dim": 2}), more=([5, 6],))
case("attention(4)", [None, 16], ("MultiHeadAttention", {"num_heads": 4, "key_dim": 4}))
case("attention(4, size = 2, kv_heads = 2)", [4, 6], ("GroupQueryAttention", {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2}))
case("attention(4, kv_heads = 1, causal = true, bias = false)", [5, 8], ("GroupQueryAttention", {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 1, "use_bias": False}))
case("attention(2, positions = rotary)", [5, 8], ("numpy", "attend(x, w, 2, rotary=10_000)"))
case("attention(4, causal = true, kv_heads = 2, positions = rotary(base = 100), bias = false)", [5, 8], ("numpy", "attend(x, w, 4, 2, causal=True, rotary=100, bias=False)"))
case("attention(2, positions = rotary(part = 2))", [5, 12], ("numpy", "attend(x, w, 2, rotary=10_000, part=2)"))
case("attention(2, kv_heads = 1, causal = true, positions = rotary(base = 100, part = 4))", [None, 10], ("numpy", "attend(x, w, 2, 1, causal=True, rotary=100, part=4)"))
case("attention(2, bias = [query, value])", [3, 4], ("numpy", "attend(x, w, 2, bias='qv')"))
case("attention(3, positions = alibi)", [4, 6], ("numpy", "attend(x, w, 3, alibi=[2**-4, 2**-8, 2**-2])"))
case("attention(2, causal = true, window = 2)", [5, 4], ("numpy", "attend(x, w, 2, causal=True, window=2)"))
case("attention(2, window = 3)", [None, 4], ("numpy", "attend(x, w, 2, window=3)"))
case("attention(2, scale = 1, bias = false)", [4, 4], ("numpy", "attend(x, w, 2, scale=1, bias=False)"))
case("x -> attention(2, score_bias = y)", [3, 4], ("numpy", "attend(x, w, 2, more=y)"), more=([2, 3, 3],))
case("attention(2, axis = 1)", [2, 3, 4], ("numpy", "attend(x.reshape(-1, 3, 4), w, 2).reshape(-1, 2, 3, 4)"))
case("attention(2, axis = 0)", [3, 2, 4], ("numpy", "attend(x.swapaxes(1, 2).reshape(-1, 3, 4), w, 2).reshape(-1, 2, 3, 4).swapaxes(1, 2)"))
case("attention(4, axis = -2, kv_heads = 2, causal = true, positions = rotary, bias = false)", [2, 4, 8], ("numpy", "attend(x.reshape(-1, 4, 8), w, 4, 2, causal=True, rotary=10_000, bias=False).reshape(-1, 2, 4, 8)"))
case("attention(1, axis = 1, positions = alibi)", [2, 3, 2, 2], ("numpy", "attend(x.swapaxes(2, 3).reshape(-1, 3, 2), w, 1, alibi=[2**-8]).reshape(-1, 2, 2, 3, 2).swapaxes(2, 3)"))
case("relative_position_bias(1, buckets = 8, max = 6)", [7, 3], ("numpy", "distances(x, w, 1, [[4 * (j > i) + [0, 1, 2, 2, 3, 3, 3][abs(j - i)] for j in range(7)] for i in range(7)])"))
case("relative_position_bias(1, buckets = 6, max = 8, causal = true)", [7, 3], ("numpy", "distances(x, w, 1, [[[0, 1, 2, 3, 3, 4, 5][max(i - j, 0)] for j in range(7)] for i in range(7)], 6)"))
case("window_attention2d(2, 2)", [4, 2, 4], ("numpy", "windowed(x, w, 2, 2)"))
case("window_attention2d(1, window = 2, shift = 1)", [4, 4, 2], ("numpy", "windowed(x, w, 1, 2, 1)"))
case("window_attention2d(2, window = 3, shift = 1, bias = false)", [5, 3, 4], ("numpy", "windowed(x, w, 2, 3, 1, bias=False)"))
case("attention(12)", [197, 768], ("MultiHeadAttention", {"num_heads": 12, "key_dim": 64}))


def weight(k, shape, name):
    """Entry i of the k-th weight; variances are positive."""
    i = np.arange(math.prod(shape))
    w = 0.5 * np.sin(0.7 * i + k)
    return (1.25 + w if "variance" in name else w).reshape(shape)


def entry(j, shape, tokens):
    """Entry i of the j-th input, rows one after another."""
    i = np.arange(ROWS * math.prod(shape))
    x = (7 * i + 3) % tokens if tokens else 2 * np.cos(1.3 * i + j)
    return x.reshape(ROWS, *shape)


class Numpy:
    """Stands in for a layer that Keras lacks."""

    def __init__(self, expression):
        self.expression, self.count = expression, 0

    def __call__(self, x, y=None, z=None):
        k = iter(range(9))

        def w(shape):
            self.count += math.prod(shape)
            return weight(next(k), shape, "")

        self.count = 0
        return eval(self.expression, {"np": np, "x": x, "y": y, "z": z, "w": w, **{f.__name__: f for f in helpers}})


def local(x, w, size, stride, filters, bias=True):
    h, width = ((n - size) // stride + 1 for n in x.shape[1:3])
    kernel = w((h * width, size * size * x.shape[3], filters))
    b = w((h, width, filters)) if bias else np.zeros((h, width, filters))
    out = np.zeros((len(x), h, width, filters))
    for i in range(h):
        for j in range(width):
            window = x[:, i * stride : i * stride + size, j * stride : j * stride + size].reshape(len(x), -1)
            out[:, i, j] = window @ kernel[i * width + j] + b[i, j]
    return out


def padded_pool(x, take, filling):
    """Size 3, stride 2, padding 1, where padding counts neither in a maximum nor in a mean (as "same")."""
    x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=filling)
    n = (x.shape[1] - 3) // 2 + 1
    return np.stack([np.stack([take(x[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3], axis=(1, 2)) for j in range(n)], 1) for i in range(n)], 1)


def k_max(x, k):
    at = np.sort(np.argsort(-x, axis=1, kind="stable")[:, :k], axis=1)
    return np.take_along_axis(x, at, axis=1)


def attend(x, w, heads, shared=None, causal=False, rotary=None, part=None, alibi=None, window=math.inf, scale=None, more=0, bias=True):
    """Softmax attention, one head at a time; a head turns pairs as complex numbers."""
    n, c = x.shape[1:]
    size, shared = c // heads, shared or heads
    project = lambda v, columns, name: v @ w((v.shape[-1], columns)) + (w((columns,)) if name in (bias if isinstance(bias, str) else "qkvo" if bias else "") else 0)
    q, k, v = project(x, c, "q"), project(x, shared * size, "k"), project(x, shared * size, "v")
    turned = part or size
    half = turned // 2
    angles = [[p * rotary ** (-2 * i / turned) for i in range(half)] for p in range(n)] if rotary else None

    def turn(v):
        if not rotary:
            return v
        real, imaginary = v[..., :half], v[..., half:turned]
        cos, sin = (np.array([[f(a) for a in row] for row in angles]) for f in (math.cos, math.sin))
        return np.concatenate([real * cos - imaginary * sin, real * sin + imaginary * cos, v[..., turned:]], -1)

    hidden = np.array([[-1e9 if (causal and j > i) or abs(i - j) >= window else 0.0 for j in range(n)] for i in range(n)])
    mixed = []
    for h in range(heads):
        own, of = slice(h * size, (h + 1) * size), slice(h * shared // heads * size, (h * shared // heads + 1) * size)
        scores = turn(q[..., own]) @ turn(k[..., of]).swapaxes(-1, -2) * (scale or size**-0.5) + hidden
        scores = scores + (more[:, h] if not isinstance(more, int) else 0)
        if alibi:
            scores = scores - np.array([[alibi[h] * abs(i - j) for j in range(n)] for i in range(n)])
        mixed.append(softmax(scores) @ v[..., of])
    return project(np.concatenate(mixed, -1), c, "o")


def projected_lstm(x, w, units, size, backward=False):
    """Sak, Senior and Beaufays 2014, without peepholes; gates as Keras' LSTM."""
    kernel, recurrent, bias, projection = w((x.shape[-1], 4 * units)), w((size, 4 * units)), w((4 * units,)), w((units, size))
    h, c, outputs = 0 * x[:, 0, :1] + 0 * projection[0], 0 * x[:, 0, :1] + 0 * bias[:units], []
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    steps = range(x.shape[1])
    for t in reversed(steps) if backward else steps:
        z = x[:, t] @ kernel + h @ recurrent + bias
        i, f, g, o = (z[:, k * units : (k + 1) * units] for k in range(4))
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = (sigmoid(o) * np.tanh(c)) @ projection
        outputs.append(h)
    return np.stack(outputs[::-1] if backward else outputs, 1)


def sines(n, c, base):
    return np.array([[(math.cos if i % 2 else math.sin)(p * base ** -(i // 2 * 2 / c)) for i in range(c)] for p in range(n)])


def sines_of_axes(sizes, c, base, normalized=False):
    """As DETR's: its own channels for each axis, one axis after another."""
    own, grid = c // len(sizes), np.zeros((*sizes, c))
    for index in np.ndindex(*sizes):
        row = [2 * math.pi * (p + 1) / n if normalized else p for p, n in zip(index, sizes)]
        grid[index] = np.array([(math.cos if i % 2 else math.sin)(p * base ** -(i // 2 * 2 / own)) for p in row for i in range(own)])
    return grid


def sparsemax(x):
    """Martins and Astudillo 2016, algorithm 1: sort, find the support's size, subtract the threshold."""
    z = -np.sort(-x, axis=-1)
    total = z.cumsum(-1)
    size = (1 + np.array(range(1, x.shape[-1] + 1)) * z > total).sum(-1)
    return np.maximum(x - (np.take_along_axis(total, size[..., None] - 1, axis=-1) - 1) / size[..., None], 0)


def mixed(scores, experts, k):
    """The k best experts at each position, by the softmax of their scores alone."""
    least = -np.sort(-scores, axis=-1)[..., k - 1 : k]
    e = np.exp(scores) * (scores >= least)
    gates = e / e.sum(-1)[..., None]
    return sum(gates[..., i : i + 1] * expert for i, expert in enumerate(experts))


def softmax(scores):
    e = np.exp(scores)
    return e / e.sum(-1)[..., None]


def distances(x, w, heads, buckets, count=8):
    table = w((count, heads))
    return np.stack([np.stack([np.stack([np.stack([table[b, h] for b in row], 0) for row in buckets], 0) for h in range(heads)], 0)] * len(x), 0)


def windowed(x, w, heads, window, shift=0, bias=True):
    """All positions see all, but for those of other windows, and those that going round has brought together."""
    rows, h, width, c = x.shape
    whole = [-(-n // window) * window for n in (h, width)]
    x = np.pad(x, ((0, 0), (0, whole[0] - h), (0, whole[1] - width), (0, 0)), constant_values=0).reshape(rows, whole[0] * whole[1], c)
    shifts = [shift if n > window else 0 for n in whole]
    at = [(i, j) for i in range(whole[0]) for j in range(whole[1])]
    moved = [tuple((p - s) % n for p, s, n in zip(place, shifts, whole)) for place in at]
    group = [[(m // window, p < s) for m, p, s in zip(mv, place, shifts)] for mv, place in zip(moved, at)]
    hidden = np.array([[0.0 if a == b else -1e9 for b in group] for a in group])
    offset = [[sum(((p % window) - (q % window) + window - 1) * f for p, q, f in zip(a, b, (2 * window - 1, 1))) for b in moved] for a in moved]
    project = lambda v: v @ w((c, c)) + (w((c,)) if bias else 0)
    q, k, v = project(x), project(x), project(x)
    weights = [(w((c, c)), w((c,)) if bias else 0)]
    table = w(((2 * window - 1) ** 2, heads))
    size, mixed = c // heads, []
    for i in range(heads):
        own = slice(i * size, (i + 1) * size)
        scores = q[..., own] @ k[..., own].swapaxes(-1, -2) * size**-0.5 + table[np.indexes(offset), i] + hidden
        mixed.append(softmax(scores) @ v[..., own])
    y = np.concatenate(mixed, -1) @ weights[0][0] + weights[0][1]
    return y.reshape(rows, *whole, c)[:, :h, :width]


def unpool(x, y):
    """Windows of 2: entries go where the first largest is. At the edge windows are cut off, or stand out."""
    out = np.zeros_like(y)
    for r, i, j, c in np.ndindex(x.shape):
        window = y[r, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, c]
        a, b = np.unravel_index(np.argmax(window), window.shape)
        out[r, 2 * i + a, 2 * j + b, c] = x[r, i, j, c]
    return out


np.indexes = np.array
helpers = (local, padded_pool, k_max, attend, projected_lstm, softmax, distances, sines, sines_of_axes, sparsemax, mixed, windowed, unpool)


def make(class_name, kwargs):
    if class_name == "numpy":
        return Numpy(kwargs)
    kwargs = {k: make(*v) if k == "layer" else tuple(v) if isinstance(v, list) else v for k, v in kwargs.items()}
    if class_name in ("MaxPooling3D", "AveragePooling3D"):
        kwargs["dtype"] = "float32"  # TensorFlow has no other on a CPU
    return getattr(keras.layers, class_name)(**kwargs)


def apply(layers, inputs, c):
    """The result of the layers in turn; keras symbolic or numbers."""
    x = list(inputs)
    for layer in layers:
        if isinstance(layer, keras.layers.MultiHeadAttention):
            x = [layer(x[0], x[-1], use_causal_mask="causal = true" in c["nnet"])]
        elif isinstance(layer, Numpy):
            x = [layer(*x)]
        elif isinstance(layer, keras.layers.GroupQueryAttention):
            x = [layer(x[0], x[0], use_causal_mask="causal = true" in c["nnet"])]
        elif c["training"]:
            x = [layer(x[0], training=True)]
        else:
            x = [layer(x if len(x) > 1 else x[0])]
    return x[0]


def rounded(values):
    return [float(f"{v:.7g}") for v in np.asarray(values, dtype="float64").ravel()]


counts, values = [], []
for c in cases:
    layers = [make(*l) for l in c["layers"]]
    sizes = [[LENGTH if n is None else n for n in s] for s in c["inputs"]]
    plain = any(isinstance(l, Numpy) for l in layers)
    first = {"nnet": c["nnet"], "inputs": c["inputs"]}
    if c["tokens"]:
        first["tokens"] = c["tokens"]
    if plain:
        out = apply(layers, [entry(j, s, c["tokens"]) for j, s in enumerate(sizes)], c)
        params = trainable = layers[0].count
        # Its shape at two lengths tells which axis follows the symbol, which no NumPy result can say.
        shape = list(out.shape[1:])
        if any(None in s for s in c["inputs"]):
            longer = apply(layers, [entry(j, [LENGTH + 1 if n is None else n for n in s], c["tokens"]) for j, s in enumerate(c["inputs"])], c)
            shape = [a if a == b else None for a, b in zip(shape, longer.shape[1:])]
        written = [{"class": "numpy", "config": {"expression": c["layers"][0][1]}}]
    else:
        symbols = [keras.Input(shape=s, dtype="int32" if c["tokens"] else "float64") for s in c["inputs"]]
        shape = list(apply(layers, symbols, c).shape[1:])
        own = [w for l in layers for w in l.weights if "count" not in w.name]  # Normalization's number of rows seen
        params = sum(math.prod(w.shape) for w in own)
        trainable = sum(math.prod(w.shape) for l in layers for w in l.trainable_weights)
        written = [{"class": n, "config": k} for n, k in c["layers"]]
    if not c["training"]:
        counts.append({**first, "keras": written, "output": shape, "params": params, "trainable": trainable})

    if math.prod(sizes[0]) > 400 or params > 10000:
        continue
    if not plain:
        for k, w in enumerate(own):
            w.assign(weight(k, w.shape, w.name))
        for l in layers:
            if isinstance(l, keras.layers.Normalization):
                l.finalize_state()
        out = apply(layers, [entry(j, s, c["tokens"]) for j, s in enumerate(sizes)], c)
    if math.prod(out.shape) > MOST_VALUES:
        continue
    result = {**first, "shape": list(out.shape[1:]), "values": rounded(out)}
    if c["training"]:
        result["training"] = True
        result["after"] = {w.name: rounded(w) for w in own if "moving" in w.name}
    values.append(result)

here = pathlib.Path(__file__).parent
made = {"keras": keras.__version__, "rows": ROWS, "length": LENGTH}


def write(name, entries):
    lines = ",\n".join("  " + json.dumps(e, separators=(",", ":")) for e in entries)
    (here / name).write_text(f'{{"made": {json.dumps(made)}, "cases": [\n{lines}\n]}}\n')
    print(name, len(entries), "cases", (here / name).stat().st_size, "bytes", file=sys.stderr)


write("keras-layers.json", counts)
write("keras-values.json", values)

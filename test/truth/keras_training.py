"""Records Keras' losses and weights for what a train block may say: keras-training.json.

    python -m venv venv && venv/bin/pip install keras tensorflow-cpu
    venv/bin/python test/truth/keras_training.py

x [4] -> 6 tanh -> 3 classes, 1 yes or no, or 1 number; 20 steps over all rows, in double precision. Rows, labels and
first weights are sines, so that anyone can make them again. Of each case the loss before each step, penalties
included, and the weights at the end; and what the layers of two models are like in their first step.
"""

import json
import math
import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

ROWS, STEPS, RATE = 12, 20, 0.1
keras.config.set_floatx("float64")


def sines(seed, *shape):
    return np.array([math.sin(1.7 * i + seed) for i in range(math.prod(shape))]).reshape(shape)


X = 1.5 * sines(0.4, ROWS, 4)
# Classes of unequal size.
KIND = np.array([0, 1, 0, 2, 0, 1, 0, 0, 2, 0, 1, 0])
SICK = np.array([i % 2 for i in range(ROWS)])
SIZE = 2 * sines(2.1, ROWS)
hot = np.eye(3)[KIND]

CE = lambda smoothing=0.0: keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
BCE = keras.losses.BinaryCrossentropy(from_logits=True)
sgd = lambda **more: keras.optimizers.SGD(RATE, **more)
by_class = lambda factors: np.array(factors)[KIND]
balanced = [ROWS / (3 * int((KIND == c).sum())) for c in range(3)]
# mixup of each row with the fifth behind it.
mixed = lambda v: 0.3 * v + 0.7 * np.roll(v, -5, axis=0)


def adamw():
    optimizer = keras.optimizers.AdamW(RATE, weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


# what the train block says: (units, targets, loss, optimizer, {rows, factors of rows, penalties})
CASES = {
    "sgd": (3, hot, CE(), sgd, {}),
    "sgd, momentum": (3, hot, CE(), lambda: sgd(momentum=0.9), {}),
    "sgd, nesterov": (3, hot, CE(), lambda: sgd(momentum=0.9, nesterov=True), {}),
    "rmsprop": (3, hot, CE(), lambda: keras.optimizers.RMSprop(RATE), {}),
    "adam": (3, hot, CE(), lambda: keras.optimizers.Adam(RATE), {}),
    "adamw": (3, hot, CE(), adamw, {}),
    "adagrad": (3, hot, CE(), lambda: keras.optimizers.Adagrad(RATE), {}),
    "clip by norm": (3, hot, CE(), lambda: sgd(global_clipnorm=0.1), {}),
    "clip by value": (3, hot, CE(), lambda: sgd(clipvalue=0.02), {}),
    "label smoothing": (3, hot, CE(0.1), sgd, {}),
    "class weights": (3, hot, CE(), sgd, {"factors": by_class([1, 2, 0.5])}),
    "balanced class weights": (3, hot, CE(), sgd, {"factors": by_class(balanced)}),
    "label smoothing, class weights": (3, hot, CE(0.1), sgd, {"factors": by_class([1, 2, 0.5])}),
    "mixup": (3, mixed(hot), CE(), sgd, {"rows": mixed(X)}),
    "mixup, label smoothing, class weights": (3, mixed(hot), CE(0.1), sgd, {"rows": mixed(X), "factors": by_class([1, 2, 0.5])}),
    "l1 and l2": (3, hot, CE(), sgd, {"penalties": (1e-2, 3e-2)}),
    "binary": (1, SICK[:, None], BCE, sgd, {}),
    "binary, class weights": (1, SICK[:, None], BCE, sgd, {"factors": np.array([1, 3])[SICK]}),
    "mse": (1, SIZE[:, None], keras.losses.MeanSquaredError(), sgd, {}),
    "mae": (1, SIZE[:, None], keras.losses.MeanAbsoluteError(), sgd, {}),
    "huber": (1, SIZE[:, None], keras.losses.Huber(delta=0.5), sgd, {}),
}


def run(units, targets, loss, optimizer, rows=X, factors=None, penalties=(0, 0)):
    layers = [keras.layers.Dense(6, activation="tanh", kernel_regularizer=keras.regularizers.L1L2(*penalties)), keras.layers.Dense(units)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    for k, layer in enumerate(layers):
        m, n = layer.kernel.shape
        layer.kernel.assign(0.6 * sines(k + 0.3, m, n))
        layer.bias.assign(0.1 * sines(k + 0.7, n))
    optimizer = optimizer()
    losses = []
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            value = loss(targets, model(rows, training=True), sample_weight=factors) + sum(model.losses)
        losses.append(float(value))
        optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)
    return {"losses": losses, "weights": [w.numpy().flatten().tolist() for w in model.trainable_variables]}


def measured(activation):
    """What a layer is like in the first step: norms of gradient and weights, and mean, variance, zeros and ends of its output."""
    layers = [keras.layers.Dense(6), keras.layers.Activation(activation), keras.layers.Dense(3), keras.layers.Activation("softmax")]
    model = keras.Sequential([keras.Input((4,)), *layers])
    for k, layer in enumerate(layers[::2]):
        m, n = layer.kernel.shape
        layer.kernel.assign((2.0 if k == 0 else 0.6) * sines(k + 0.3, m, n))
        layer.bias.assign(0.1 * sines(k + 0.7, n))
    outputs, value = [], X
    with tf.GradientTape() as tape:
        for layer in layers:
            outputs.append(value := layer(value))
        loss = keras.losses.CategoricalCrossentropy()(hot, value)
    gradients = iter(tape.gradient(loss, model.trainable_variables))
    norm = lambda of: math.sqrt(sum(float(tf.reduce_sum(v * v)) for v in of))
    found = []
    for layer, output in zip(layers, outputs):
        own = layer.trainable_variables
        o = output.numpy()
        g = [next(gradients) for _ in own]
        found.append({"mean": float(o.mean()), "variance": float(o.var()), "zeros": float((o == 0).mean()), **({"gradientNorm": norm(g), "weightNorm": norm(own), "updateRatio": RATE * norm(g) / norm(own)} if own else {}), **({"saturated": float((abs(o) > 0.95).mean())} if layer is layers[1] and activation == "tanh" else {})})
    return found


digits = lambda v: {k: digits(e) for k, e in v.items()} if isinstance(v, dict) else [digits(e) for e in v] if isinstance(v, list) else float(f"{v:.9g}")
out = {"keras": keras.__version__, "cases": {name: digits(run(*case[:-1], **case[-1])) for name, case in CASES.items()}, "measured": digits({name: measured(name) for name in ("tanh", "relu")})}
(pathlib.Path(__file__).parent / "keras-training.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")

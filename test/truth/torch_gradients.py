"""Records PyTorch autograd's gradients of every case of keras_layers.py: torch-gradients.json.

    python -m venv venv && venv/bin/pip install keras tensorflow-cpu==2.21.0 torch
    venv/bin/python test/truth/torch_gradients.py

The layers are Keras' on its PyTorch backend, so that forward and backward are PyTorch's, in double precision; what
Keras lacks is the NumPy of keras_layers.py, run by PyTorch. The gradients are those of Σ sin(1.7·i + 0.4)·outputᵢ by
the inputs, then by the weights as they come. Of long ones every `stride`th entry is kept.
"""

import json
import math
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "torch"
import numpy
import torch

MOST_ENTRIES = 48
here = pathlib.Path(__file__).parent
source = (here / "keras_layers.py").read_text()
source = source[: source.index("counts, values = [], []")].replace('os.environ["KERAS_BACKEND"] = "tensorflow"\n', "")
known = {"__name__": "keras_layers"}
exec(source, known)
keras, ROWS, LENGTH = known["keras"], known["ROWS"], known["LENGTH"]


# A transposed kernel's gradient has no kernel of its own in PyTorch: "grad_weight needs to be contiguous".
for axes in (1, 2, 3):
    of = getattr(torch.nn.functional, f"conv_transpose{axes}d")
    setattr(torch.nn.functional, f"conv_transpose{axes}d", lambda x, kernel, *rest, of=of, **more: of(x, kernel.contiguous(), *rest, **more))


def same_average(x, pool_size, strides, padding):
    """Padding does not count; Keras counts it on its PyTorch backend."""
    dims = x.ndim - 2
    size, step = ([n] * dims if isinstance(n, int) else list(n) for n in (pool_size, strides or pool_size))
    x = x.movedim(-1, 1)
    missing = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(x.shape[2:], size, step)]
    sides = [half for m in reversed(missing) for half in (m // 2, m - m // 2)]
    pool = [torch.nn.functional.avg_pool1d, torch.nn.functional.avg_pool2d, torch.nn.functional.avg_pool3d][dims - 1]
    mean = lambda v: pool(torch.nn.functional.pad(v, sides), size, step)
    return (mean(x) / mean(torch.ones_like(x))).movedim(1, -1)


class Np:
    """NumPy's names for what PyTorch calls otherwise."""

    inf, nan = math.inf, math.nan
    concatenate, broadcast_to, stack = torch.concatenate, torch.broadcast_to, torch.stack
    max = staticmethod(lambda x, axis: torch.amax(x, axis))
    nanmean = staticmethod(lambda x, axis: torch.nanmean(x, axis))
    flip = torch.flip
    exp, sin, cos, tanh = torch.exp, torch.sin, torch.cos, torch.tanh
    ndindex = staticmethod(numpy.ndindex)
    indexes = staticmethod(torch.tensor)
    array = staticmethod(lambda v: torch.tensor(v, dtype=torch.float64))
    maximum = staticmethod(lambda x, least: torch.clamp(x, min=least))
    zeros = staticmethod(lambda shape: torch.zeros(shape, dtype=torch.float64))
    pad = staticmethod(lambda x, sides, constant_values: torch.nn.functional.pad(x, [n for pair in reversed(sides) for n in pair], value=constant_values))
    argsort = staticmethod(lambda x, axis, kind: torch.argsort(x, dim=axis, stable=True))
    sort = staticmethod(lambda x, axis: torch.sort(x, dim=axis).values)
    take_along_axis = staticmethod(lambda x, at, axis: torch.take_along_dim(x, at, axis))


def leaf(array):
    return torch.tensor(numpy.asarray(array, dtype="float64"), requires_grad=True)


# Formulas keep NumPy; what the expressions call has PyTorch under its names.
weight, entry = known["weight"], known["entry"]
helpers = {}
for f in known["helpers"]:
    helpers[f.__name__] = type(f)(f.__code__, {**known, "np": Np}, f.__name__, f.__defaults__)
for f in helpers.values():
    f.__globals__.update(helpers)


def unpool(x, y):
    """PyTorch's own, by the indices of its pooling; windows at the edge may be cut off or stand out."""
    at = torch.nn.functional.max_pool2d(y.movedim(-1, 1), 2, return_indices=True, ceil_mode=-(-y.shape[1] // 2) == x.shape[1])[1]
    return torch.nn.functional.max_unpool2d(x.movedim(-1, 1), at, 2, output_size=y.shape[1:3]).movedim(1, -1)


def projected_lstm(x, w, units, size, backward=False):
    """PyTorch's own (proj_size), which adds two biases."""
    kernel, recurrent, bias, projection = w((x.shape[-1], 4 * units)), w((size, 4 * units)), w((4 * units,)), w((units, size))
    layer = torch.nn.LSTM(x.shape[-1], units, proj_size=size, batch_first=True, dtype=torch.float64)
    own = {"weight_ih_l0": kernel.T, "weight_hh_l0": recurrent.T, "bias_ih_l0": bias, "bias_hh_l0": 0 * bias, "weight_hr_l0": projection.T}
    y, _ = torch.func.functional_call(layer, own, (torch.flip(x, [1]) if backward else x,))
    return torch.flip(y, [1]) if backward else y


helpers["unpool"], helpers["projected_lstm"] = unpool, projected_lstm


def plain(expression, x, y=None, z=None):
    leaves = []

    def w(shape):
        leaves.append(leaf(weight(len(leaves), shape, "")))
        return leaves[-1]

    return eval(expression, {"np": Np, "x": x, "y": y, "z": z, "w": w, **helpers}), leaves


def layered(c, inputs):
    layers = [known["make"](n, k) for n, k in c["layers"]]
    known["apply"](layers, [keras.Input(shape=i.shape[1:], dtype="int32" if c["tokens"] else "float64") for i in inputs], c)
    own = [w for l in layers for w in l.weights if "count" not in w.name]
    if sum(math.prod(w.shape) for w in own) > 10000:
        return None, []
    for k, w in enumerate(own):
        w.assign(weight(k, w.shape, w.name))
        # A moving average that is under way has no gradient.
        w.value.requires_grad_(not c["training"] or "frozen = true" in c["nnet"] or "moving" not in w.name)
    for l in layers:
        if isinstance(l, keras.layers.Normalization):
            l.finalize_state()
    return known["apply"](layers, inputs, c), [w.value for w in own]


def recorded(gradient, like):
    values = torch.zeros_like(like) if gradient is None else gradient
    values = values.detach().numpy().ravel()
    stride = -(-len(values) // MOST_ENTRIES)
    return {**({"stride": stride} if stride > 1 else {}), "values": [float(f"{v:.7g}") for v in values[::stride]]}


found = []
for c in known["cases"]:
    sizes = [[LENGTH if n is None else n for n in s] for s in c["inputs"]]
    if math.prod(sizes[0]) > 400:
        continue
    arrays = [entry(j, s, c["tokens"]) for j, s in enumerate(sizes)]
    inputs = [torch.tensor(a) if c["tokens"] else leaf(a) for a in arrays]
    name, settings = c["layers"][0]
    if name.startswith("Average") and settings.get("padding") == "same":
        out, weights = same_average(inputs[0], **{"strides": None, **settings}), []
    else:
        out, weights = plain(c["layers"][0][1], *inputs) if name == "numpy" else layered(c, inputs)
    if out is None or math.prod(out.shape[1:]) * ROWS > known["MOST_VALUES"]:
        continue
    by = ([] if c["tokens"] else inputs) + weights
    factors = torch.sin(1.7 * torch.arange(out.numel(), dtype=torch.float64) + 0.4)
    (out.to(torch.float64).reshape(-1) * factors).sum().backward()
    title = {"nnet": c["nnet"], "inputs": c["inputs"], **({"training": True} if c["training"] else {})}
    found.append({**title, "gradients": [recorded(v.grad, v) for v in by]})

lines = ",\n".join("  " + json.dumps(e, separators=(",", ":")) for e in found)
path = here / "torch-gradients.json"
path.write_text(f'{{"made": {json.dumps({"torch": torch.__version__, "keras": keras.__version__})}, "cases": [\n{lines}\n]}}\n')
print(path.name, len(found), "cases", path.stat().st_size, "bytes", file=sys.stderr)

"""Random networks as `.nnet` text, with the shape and count that Keras gives each line (keras-networks.json).

    venv/bin/python test/truth/keras_networks.py [HOW_MANY]        venv: as in keras_layers.py

Each network is built in Keras layer by layer from a seed, and written down line by line. Layers that Keras lacks
(drop_path, position_embedding, class_token, layer_scale, locally_connected2d, k_max_pool, rrelu) are left to
keras_layers.py, which has them in NumPy.
"""

import json
import math
import os
import pathlib
import random
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
from keras import layers as L

ACTIVATIONS = ["relu", "relu6", "elu", "selu", "gelu", "silu", "hard_sigmoid", "hard_silu", "mish", "softplus", "sigmoid", "tanh", "softmax", "log_softmax"]


class Network:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.lines = []
        self.names = {}
        self.inputs = []
        self.kinds = set()
        self.count = 0
        self.not_counted = 0

    # Each choice gives (text, tensor); weights are counted as the layers are made.
    def keras(self, layer, *xs):
        y = layer(*xs)
        self.count += layer.count_params()
        return y

    def note(self, kind):
        self.kinds.add(kind)
        return kind

    def shape(self, x):
        return list(x.shape[1:])

    def any_rank(self, x):
        r, s = self.r, self.shape(x)
        c = s[-1]
        options = [
            lambda: (self.note("dropout") + f"({(p := r.choice([0.1, 0.5]))})", self.keras(L.Dropout(p), x)),
            lambda: (self.note("gaussian_noise") + "(0.1)", self.keras(L.GaussianNoise(0.1), x)),
            lambda: (self.note("rescaling") + "(1/255)", self.keras(L.Rescaling(1 / 255), x)),
            lambda: (self.note("batch_norm"), self.keras(L.BatchNormalization(), x)),
            lambda: (self.note("batch_norm") + "(scale = false)", self.keras(L.BatchNormalization(scale=False), x)),
            lambda: (self.note("layer_norm"), self.keras(L.LayerNormalization(epsilon=1e-3), x)),
            lambda: (self.note("rms_norm"), self.keras(L.RMSNormalization(), x)),
            lambda: (self.note("leaky_relu") + "(0.2)", self.keras(L.LeakyReLU(negative_slope=0.2), x)),
            lambda: (self.note("prelu"), self.keras(L.PReLU(shared_axes=list(range(1, len(s))) or None), x)),
            lambda: (self.note("identity"), self.keras(L.Identity(), x)),
            self.dense(x),
            self.dense(x),
            lambda: self.normalization(x),
        ] + [lambda a=a: (self.note(a), self.keras(L.Activation(a), x)) for a in r.sample(ACTIVATIONS, 3)]
        groups = [g for g in (2, 3, 4) if c % g == 0]
        if groups and len(s) > 1 and None not in s:
            options.append(lambda: (self.note("group_norm") + f"({(g := r.choice(groups))})", self.keras(L.GroupNormalization(g), x)))
        if c > 2:
            options.append(lambda: self.slice(x, c))
        if len(s) > 1 and None not in s:
            options.append(lambda: (self.note("flatten"), self.keras(L.Flatten(), x)))
            options.append(lambda: self.permute(x, len(s)))
        return options

    def normalization(self, x):
        # Keras counts the number of values it has seen as one more weight.
        y = self.keras(L.Normalization(), x)
        self.count -= 1
        self.not_counted += 1
        return self.note("normalization"), y

    def dense(self, x):
        def make():
            n, bias = self.r.randint(1, 24), self.r.random() < 0.8
            return self.note("dense") + f"({n}{'' if bias else ', bias = false'})", self.keras(L.Dense(n, use_bias=bias), x)
        return make

    def slice(self, x, c):
        start = self.r.randint(0, c - 2)
        size = self.r.randint(1, c - start)
        return self.note("slice") + f"(start = {start}, size = {size})", x[..., start : start + size]

    def permute(self, x, rank):
        axes = list(range(rank))
        self.r.shuffle(axes)
        return self.note("permute") + f"({axes})", self.keras(L.Permute([a + 1 for a in axes]), x)

    def reshape(self, x, n):
        a = self.r.choice([d for d in range(1, n + 1) if n % d == 0])
        b = self.r.choice([d for d in range(1, n // a + 1) if (n // a) % d == 0])
        shape = [a, b, n // a // b] if self.r.random() < 0.6 else [a, n // a]
        shown = list(shape)
        shown[self.r.randrange(len(shape))] = -1
        return self.note("reshape") + f"({shown})", self.keras(L.Reshape(shape), x)

    def window(self, sizes, axes):
        """Kernel or pool, stride, padding that fit."""
        r = self.r
        same = r.random() < 0.5
        def one(n):
            return r.randint(1, 4 if same or n is None else min(n, 4))
        if r.random() < 0.6:
            least = [s for s in sizes if s is not None]
            k = one(min(least) if least else None)
            kernel, shown = [k] * axes, str(k)
        else:
            kernel = [one(s) for s in sizes]
            shown = str(kernel) if axes > 1 else str(kernel[0])
        stride = r.choice([1, 1, 2, 3])
        return kernel, shown, stride, "same" if same else "valid"

    def convolution(self, x, axes):
        r, s = self.r, self.shape(x)
        kernel, shown, stride, padding = self.window(s[:-1], axes)
        groups = r.choice([g for g in (1, 1, 1, 2, 3) if s[-1] % g == 0])
        filters = r.randint(1, 6) * groups
        dilation = 1
        if stride == 1 and groups == 1 and r.random() < 0.3 and all(n is None or (k - 1) * 2 < n for k, n in zip(kernel, s)):
            dilation = 2
        bias = r.random() < 0.8
        text = f"conv{axes}d({filters}, {shown}"
        if stride > 1:
            text += f", stride = {stride}"
        if padding == "same":
            text += ", padding = same"
        if dilation > 1:
            text += f", dilation = {dilation}"
        if groups > 1:
            text += f", groups = {groups}"
        if not bias:
            text += ", bias = false"
        self.note(f"conv{axes}d")
        layer = [L.Conv1D, L.Conv2D, L.Conv3D][axes - 1]
        return text + ")", self.keras(layer(filters, kernel, strides=stride, padding=padding, dilation_rate=dilation, groups=groups, use_bias=bias), x)

    def pool(self, x, axes):
        kind = self.r.choice(["max", "avg"])
        kernel, shown, stride, padding = self.window(self.shape(x)[:-1], axes)
        layer = getattr(L, f"{'MaxPooling' if kind == 'max' else 'AveragePooling'}{axes}D")
        given = self.r.random() < 0.5
        text = self.note(f"{kind}_pool{axes}d") + f"({shown}" + (f", stride = {stride}" if given else "") + (", padding = same" if padding == "same" else "") + ")"
        return text, self.keras(layer(kernel, strides=stride if given else None, padding=padding), x)

    def spatial(self, x, axes):
        s = self.shape(x)
        def pooled(name, cls):
            return lambda: (self.note(name), self.keras(getattr(L, f"{cls}{axes}D")(), x))
        options = [lambda: self.convolution(x, axes)] * 5 + [lambda: self.pool(x, axes)] * 2
        options += [pooled("global_max_pool", "GlobalMaxPooling"), pooled("global_avg_pool", "GlobalAveragePooling")]
        options.append(lambda: (self.note("spatial_dropout") + "(0.2)", self.keras(getattr(L, f"SpatialDropout{axes}D")(0.2), x)))
        return options

    def edges(self, x, axes):
        """Padding, and cropping where something is left."""
        r = self.r
        def sides(most):
            pairs = [(r.randint(0, most), r.randint(0, most)) for _ in range(axes)]
            return [n for pair in pairs for n in pair], pairs if axes > 1 else pairs[0]
        def padded():
            shown, pairs = sides(2)
            return self.note(f"zero_pad{axes}d") + f"({shown})", self.keras(getattr(L, f"ZeroPadding{axes}D")(pairs), x)
        def cropped():
            shown, pairs = sides(1)
            return self.note(f"crop{axes}d") + f"({shown})", self.keras(getattr(L, f"Cropping{axes}D")(pairs), x)
        return [padded] + ([cropped] if all(n is not None and n > 3 for n in self.shape(x)[:axes]) else [])

    def apart(self, x, axes):
        """Convolutions with kernels of each channel's own, over one or two axes; padding and cropping."""
        r, s = self.r, self.shape(x)
        least = min(s[:axes]) if None not in s[:axes] else None
        def depthwise():
            kernel, shown, stride, padding = self.window([least], 1)
            m = r.randint(1, 3)
            text = self.note(f"depthwise_conv{axes}d") + f"({kernel[0]}, {m}" + (f", stride = {stride}" if stride > 1 else "") + (", padding = same" if padding == "same" else "") + ")"
            return text, self.keras(getattr(L, f"DepthwiseConv{axes}D")(kernel[0], strides=stride, padding=padding, depth_multiplier=m), x)
        def separable():
            kernel, shown, stride, padding = self.window([least], 1)
            f = r.randint(1, 6)
            text = self.note(f"separable_conv{axes}d") + f"({f}, {kernel[0]}" + (f", stride = {stride}" if stride > 1 else "") + (", padding = same" if padding == "same" else "") + ")"
            return text, self.keras(getattr(L, f"SeparableConv{axes}D")(f, kernel[0], strides=stride, padding=padding), x)
        return [depthwise, separable] + self.edges(x, axes)

    def larger(self, x, axes):
        r = self.r
        def transposed():
            f, k, st, same = r.randint(1, 6), r.randint(1, 4), r.randint(1, 3), r.random() < 0.5
            text = self.note(f"conv{axes}d_transpose") + f"({f}, {k}, stride = {st}{', padding = same' if same else ''})"
            return text, self.keras(getattr(L, f"Conv{axes}DTranspose")(f, k, strides=st, padding="same" if same else "valid"), x)
        return [transposed, lambda: (self.note(f"upsample{axes}d") + f"({(k := r.choice([2, 3]))})", self.keras(getattr(L, f"UpSampling{axes}D")(k), x))]

    def sequence(self, x):
        r, s = self.r, self.shape(x)
        def recurrent(wrap):
            def make():
                kind = r.choice(["simple_rnn", "lstm", "gru"])
                u, seq = r.randint(1, 8), r.random() < 0.6
                layer = {"simple_rnn": L.SimpleRNN, "lstm": L.LSTM, "gru": L.GRU}[kind](u, return_sequences=seq)
                text = self.note(kind) + f"({u}{', sequences = true' if seq else ''})"
                if wrap:
                    return self.note("bidirectional") + f"({text})", self.keras(L.Bidirectional(layer), x)
                return text, self.keras(layer, x)
            return make
        options = self.spatial(x, 1) + [recurrent(False)] * 2 + [recurrent(True)]
        heads = [h for h in (1, 2, 3, 4) if s[-1] % h == 0]
        def attention():
            h = r.choice(heads)
            return self.note("attention") + f"({h})", self.keras(L.MultiHeadAttention(h, s[-1] // h), x, x)
        return options + [attention] * 2 + self.apart(x, 1) + self.larger(x, 1)

    def image(self, x):
        r, s = self.r, self.shape(x)
        def explicit():
            p, f = r.randint(1, 2), r.randint(1, 5)
            k = r.randint(1, 3)
            y = L.ZeroPadding2D(p)(x)
            return self.note("conv2d") + f"({f}, {k}, stride = 2, padding = {p})", self.keras(L.Conv2D(f, k, strides=2), y)
        options = self.spatial(x, 2) + self.apart(x, 2) + [explicit]
        if max(s[:2]) < 24:
            options += self.larger(x, 2)
        return options

    def layer(self, x):
        s = self.shape(x)
        options = self.any_rank(x)
        if len(s) == 1 and s[0] > 3:
            options += [lambda: self.reshape(x, s[0])] * 3
        if len(s) == 2:
            options = options * 1 + self.sequence(x)
        if len(s) == 3 and None not in s:
            options += self.image(x) * 2
        if len(s) == 4:
            options += (self.spatial(x, 3) + self.edges(x, 3)) * 2
            if max(s[:3]) < 12:
                options += self.larger(x, 3)
        return self.r.choice(options)()

    def same_shape(self, x):
        s, rank = self.shape(x), len(x.shape) - 1
        if rank == 3 and self.r.random() < 0.7:
            return self.note("conv2d") + f"({s[-1]}, 3, padding = same)", self.keras(L.Conv2D(s[-1], 3, padding="same"), x)
        return self.note("dense") + f"({s[-1]})", self.keras(L.Dense(s[-1]), x)

    def merge(self, x):
        """Branches in place."""
        r = self.r
        kind = r.choice(["add", "subtract", "multiply", "average", "maximum", "concat"])
        cls = {"concat": L.Concatenate}.get(kind) or getattr(L, kind.capitalize())
        (a, ya), (b, yb) = self.same_shape(x), (("identity", x) if r.random() < 0.5 else self.same_shape(x))
        return self.note(kind) + f" {{ {a} }} {{ {b} }}", self.keras(cls(), [ya, yb])

    def line(self, text, x, before):
        s = [d if isinstance(d, int) else None for d in self.shape(x)]
        self.lines.append({"text": text, "shape": s, "params": self.count - before})

    def build(self):
        r = self.r
        start = r.choice(["vector", "sequence", "open", "tokens", "image", "image", "image", "volume"])
        shape = {"vector": [r.randint(2, 40)], "sequence": [r.randint(4, 16), r.randint(1, 8)], "open": [None, r.randint(1, 8)], "tokens": [r.choice([None, r.randint(4, 12)])], "image": [r.randint(6, 20), r.randint(6, 20), r.randint(1, 6)], "volume": [r.randint(4, 8), r.randint(4, 8), r.randint(4, 8), r.randint(1, 3)]}[start]
        x = keras.Input(shape, dtype="int32" if start == "tokens" else "float32")
        self.inputs.append(x)
        sizes = ", ".join("N" if d is None else str(d) for d in shape)
        self.line(f"input x {'int ' if start == 'tokens' else ''}[{sizes}]", x, 0)
        if start == "tokens":
            t, d, before = r.randint(2, 50), r.randint(1, 12), self.count
            x = self.keras(L.Embedding(t, d), x)
            self.line(self.note("embedding") + f"({t}, {d})", x, before)
        kept = []
        shared = None
        for i in range(r.randint(5, 14)):
            if None not in self.shape(x) and (max(self.shape(x)) > 4000 or any(d == 0 for d in self.shape(x))):
                break
            before, choice = self.count, r.random()
            # Keras takes two open sizes for equal; .nnet knows whether they are.
            matching = [name for name, y in kept if self.shape(y) == self.shape(x) and None not in self.shape(x)]
            if choice < 0.12:
                text, x = self.merge(x)
            elif choice < 0.3 and matching:
                name = r.choice(matching)
                kind = r.choice(["add", "multiply", "maximum", "concat"] + (["dot"] * 2 if len(self.shape(x)) == 1 else []))
                cls = {"concat": L.Concatenate, "dot": lambda: L.Dot(axes=1)}.get(kind) or getattr(L, kind.capitalize())
                x = self.keras(cls(), [x, dict(kept)[name]])
                text = self.note(kind) + f"({name})"
            elif choice < 0.36 and len(self.shape(x)) == 1 and shared is None:
                n = self.shape(x)[0]
                self.lines.append({"text": f"shared twice = dense({n})", "shape": None, "params": 0})
                shared = L.Dense(n)
                x = shared(self.keras(shared, x))
                text = "twice -> twice"
            else:
                text, x = self.layer(x)
                if r.random() < 0.3 and not text.startswith("identity"):
                    t2, x = self.layer(x)
                    text = f"{text} -> {t2}"
            if r.random() < 0.4:
                name = f"r{i}"
                kept.append((name, x))
                text += f" as {name}"
            self.line(text, x, before)
        model = keras.Model(self.inputs, x)
        return {
            "lines": [[l["text"], l["shape"], l["params"]] for l in self.lines],
            "params": model.count_params() - self.not_counted,
            "trainable": sum(math.prod(w.shape) for w in model.trainable_weights),
        }, self.kinds


def main():
    how_many = int(sys.argv[1]) if len(sys.argv) > 1 else 320
    networks, kinds, seed = [], {}, 0
    while len(networks) < how_many:
        seed += 1
        keras.backend.clear_session()
        network = Network(seed)
        try:
            made, used = network.build()
        except ValueError as e:
            print(f"seed {seed}: Keras refuses: {str(e).splitlines()[0][:90]}", file=sys.stderr)
            continue
        networks.append({"seed": seed, **made})
        for k in used:
            kinds[k] = kinds.get(k, 0) + 1
    out = pathlib.Path(__file__).with_name("keras-networks.json")
    rows = ",\n".join("  " + json.dumps(n, separators=(",", ":")) for n in networks)
    out.write_text(f'{{"made": {{"keras": "{keras.__version__}"}}, "networks": [\n{rows}\n]}}\n')
    print(dict(sorted(kinds.items(), key=lambda kv: kv[1])))


main()

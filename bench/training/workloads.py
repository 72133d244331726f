"""The models of models.mjs in Keras and in PyTorch.

usage: workloads.py keras|torch|compile NAME CSV EPOCHS BATCH
prints {"rates": [steps a second, one per epoch], "first": seconds of the first epoch, "peak": bytes, and at the end
       "private" and "mapped": bytes of its own and of mapped files}
       workloads.py matmul    prints {"gflops": …}: what this machine's cores reach in a large product of matrices
"""

import json
import os
import resource
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np

if sys.argv[1] == "matmul":
    import torch

    a, b = torch.rand(2048, 2048), torch.rand(2048, 2048)
    best = 0.0
    for _ in range(8):
        start = time.perf_counter()
        a @ b
        best = max(best, 2 * 2048**3 / (time.perf_counter() - start) / 1e9)
    print(json.dumps({"gflops": best}))
    sys.exit()

which, name, path, epochs, batch = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
rows = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.float32)
shape = {"mlp": (2,), "digits": (8, 8, 1), "cnn28": (28, 28, 1), "resnet20": (32, 32, 3), "textcnn": (64,)}[name]
x, y = rows[:, :-1].reshape(-1, *shape), rows[:, -1].astype(np.int64)
if name == "textcnn":
    x = x.astype(np.int64)
n = len(x)
steps = -(-n // batch)
rates = []


def keras_model():
    from keras import Model, layers as L

    i = h = L.Input(shape)
    if name == "mlp":
        h = L.Dense(64, "relu")(L.Dense(64, "relu")(h))
    elif name == "digits":
        for f in (16, 32):
            h = L.MaxPooling2D(2)(L.Conv2D(f, 3, padding="same", activation="relu")(h))
        h = L.Dropout(0.25)(L.Dense(64, "relu")(L.Flatten()(h)))
    elif name == "cnn28":
        for f in (32, 64):
            h = L.MaxPooling2D(2)(L.Conv2D(f, 3, activation="relu")(h))
        h = L.Dense(128, "relu")(L.Flatten()(h))
    elif name == "textcnn":
        e = L.Embedding(20_000, 128)(h)
        h = L.Concatenate()([L.GlobalMaxPooling1D()(L.Conv1D(100, k, activation="relu")(e)) for k in (3, 4, 5)])
        h = L.Dropout(0.5)(h)
    else:
        def conv(v, f, s=1, k=3):
            return L.BatchNormalization()(L.Conv2D(f, k, strides=s, padding="same", use_bias=False)(v))

        h = L.ReLU()(conv(h, 16))
        for f, s in [(16, 1)] * 3 + [(32, 2)] + [(32, 1)] * 2 + [(64, 2)] + [(64, 1)] * 2:
            skip = h if s == 1 else conv(h, f, s, 1)
            h = L.ReLU()(L.Add()([conv(L.ReLU()(conv(h, f, s)), f), skip]))
        h = L.GlobalAveragePooling2D()(h)
    return Model(i, L.Dense(2 if name in ("mlp", "textcnn") else 10, "softmax")(h))


def torch_model():
    import torch
    from torch import nn

    class Residual(nn.Module):
        def __init__(self, c, f, s):
            super().__init__()
            self.a = nn.Sequential(nn.Conv2d(c, f, 3, s, 1, bias=False), nn.BatchNorm2d(f), nn.ReLU(), nn.Conv2d(f, f, 3, 1, 1, bias=False), nn.BatchNorm2d(f))
            self.skip = nn.Identity() if s == 1 else nn.Sequential(nn.Conv2d(c, f, 1, s, bias=False), nn.BatchNorm2d(f))

        def forward(self, v):
            return torch.relu(self.a(v) + self.skip(v))

    class Text(nn.Module):
        def __init__(self):
            super().__init__()
            self.e = nn.Embedding(20_000, 128)
            self.c = nn.ModuleList(nn.Conv1d(128, 100, k) for k in (3, 4, 5))
            self.o = nn.Sequential(nn.Dropout(0.5), nn.Linear(300, 2))

        def forward(self, v):
            e = self.e(v).transpose(1, 2)
            return self.o(torch.cat([torch.relu(c(e)).amax(2) for c in self.c], 1))

    if name == "mlp":
        return nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
    if name == "digits":
        return nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 64), nn.ReLU(), nn.Dropout(0.25), nn.Linear(64, 10))
    if name == "cnn28":
        return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10))
    if name == "textcnn":
        return Text()
    plan = [(16, 16, 1)] * 3 + [(16, 32, 2)] + [(32, 32, 1)] * 2 + [(32, 64, 2)] + [(64, 64, 1)] * 2
    return nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), *[Residual(*p) for p in plan], nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


if which == "keras":
    import keras

    model = keras_model()
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            rates.append(steps / (time.perf_counter() - self.start))

    model.fit(x, y, batch_size=batch, epochs=epochs, callbacks=[Clock()], verbose=0)
else:
    import torch

    model = torch_model()
    run = torch.compile(model) if which == "compile" else model
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss = torch.nn.CrossEntropyLoss()
    tx = torch.from_numpy(x if x.ndim == 2 else x.transpose(0, 3, 1, 2).copy())
    ty = torch.from_numpy(y)
    for _ in range(epochs):
        order = torch.randperm(n)
        start = time.perf_counter()
        for i in range(0, n, batch):
            part = order[i : i + batch]
            optimizer.zero_grad()
            loss(run(tx[part]), ty[part]).backward()
            optimizer.step()
        rates.append(steps / (time.perf_counter() - start))

peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
parts = {}
if os.path.exists("/proc/self/status"):
    with open("/proc/self/status") as status:
        parts = {line.split(":")[0]: 1024 * int(line.split()[1]) for line in status if line.startswith(("RssAnon", "RssFile"))}
print(json.dumps({"rates": rates, "first": steps / rates[0], "peak": peak, "private": parts.get("RssAnon", 0), "mapped": parts.get("RssFile", 0)}))

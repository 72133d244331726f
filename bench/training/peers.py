"""The digits CNN of samples/digits.nnet in Keras and in PyTorch: same data, layers, loss, optimizer, batch.

usage: peers.py keras|torch DIGITS_CSV EPOCHS    prints {"examplesPerSecond": [one per epoch], "testAccuracy": …}
"""

import csv
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np

which, path, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(path) as f:
    rows = np.array([[float(v) for v in r] for r in list(csv.reader(f))[1:]], dtype=np.float32)
rng = np.random.default_rng(7)
rng.shuffle(rows)
x, y = rows[:, :64].reshape(-1, 8, 8, 1) / 16, rows[:, 64].astype(np.int64)
n, m = int(0.8 * len(x)), int(0.9 * len(x))
BATCH = 32
rates = []

if which == "keras":
    import keras
    from keras import layers

    keras.utils.set_random_seed(7)
    model = keras.Sequential([
        layers.Input((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same", activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, padding="same", activation="relu"), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dropout(0.25), layers.Dense(10, activation="softmax"),
    ])
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

        # Before validation runs: what is compared is training.
        def on_train_batch_end(self, batch, logs=None):
            self.end = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            rates.append(n / (self.end - self.start))

    model.fit(x[:n], y[:n], batch_size=BATCH, epochs=epochs, validation_data=(x[n:m], y[n:m]), callbacks=[Clock()], verbose=0)
    accuracy = float(model.evaluate(x[m:], y[m:], verbose=0)[1])
else:
    import torch
    from torch import nn

    torch.manual_seed(7)
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(128, 64), nn.ReLU(), nn.Dropout(0.25), nn.Linear(64, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss = nn.CrossEntropyLoss()
    tx, ty = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y)
    for _ in range(epochs):
        order = torch.randperm(n)
        model.train()
        start = time.perf_counter()
        for i in range(0, n, BATCH):
            part = order[i : i + BATCH]
            optimizer.zero_grad()
            loss(model(tx[part]), ty[part]).backward()
            optimizer.step()
        rates.append(n / (time.perf_counter() - start))
    model.eval()
    with torch.no_grad():
        accuracy = float((model(tx[m:]).argmax(1) == ty[m:]).float().mean())

print(json.dumps({"examplesPerSecond": rates, "testAccuracy": accuracy}))

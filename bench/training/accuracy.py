"""The samples digits, iris and diabetes in PyTorch: same rows, layers, loss, optimizer, batch; the best epoch by validation loss.

usage: accuracy.py digits|iris|diabetes CSV SEED    prints {"score": accuracy or R² on the test rows}
CSV: the sample's file with a column `part` (train, validation, test).
"""

import copy
import csv
import json
import sys

import numpy as np
import torch
from torch import nn

name, path, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.manual_seed(seed)
with open(path) as f:
    rows = list(csv.DictReader(f))
label = {"digits": "digit", "iris": "species", "diabetes": "progression"}[name]
columns = [c for c in rows[0] if c not in (label, "part")]
classes = sorted({r[label] for r in rows})
batch, epochs, patience, lr = {"digits": (32, 20, None, 1e-3), "iris": (16, 60, None, 1e-2), "diabetes": (32, 150, 30, 5e-3)}[name]


def part(which):
    own = [r for r in rows if r["part"] == which]
    x = torch.tensor([[float(r[c]) for c in columns] for r in own])
    y = torch.tensor([[float(r[label])] for r in own]) if name == "diabetes" else torch.tensor([classes.index(r[label]) for r in own])
    return x, y


train, validation, test = part("train"), part("validation"), part("test")
if name == "digits":
    prepare = lambda x: x.reshape(-1, 1, 8, 8) / 16
    model = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 64), nn.ReLU(), nn.Dropout(0.25), nn.Linear(64, 10))
else:
    mean, deviation = train[0].mean(0), train[0].std(0, unbiased=False)
    prepare = lambda x: (x - mean) / deviation
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3)) if name == "iris" else nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1))
    nn.init.kaiming_normal_(model[0].weight)
for layer in model:
    if isinstance(layer, (nn.Linear, nn.Conv2d)):
        nn.init.zeros_(layer.bias)
        if layer is not model[0] or name == "digits":
            nn.init.xavier_uniform_(layer.weight)
loss = nn.MSELoss() if name == "diabetes" else nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=lr, eps=1e-7)
best, since, kept = float("inf"), 0, None
for _ in range(epochs):
    model.train()
    order = torch.randperm(len(train[0]))
    for i in range(0, len(order), batch):
        at = order[i : i + batch]
        optimizer.zero_grad()
        loss(model(prepare(train[0][at])), train[1][at]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        value = loss(model(prepare(validation[0])), validation[1]).item()
    since += 1
    if value < best:
        best, since, kept = value, 0, copy.deepcopy(model.state_dict())
    if patience and since >= patience:
        break
model.load_state_dict(kept)
with torch.no_grad():
    out = model(prepare(test[0]))
if name == "diabetes":
    score = 1 - ((out - test[1]) ** 2).sum() / ((test[1] - test[1].mean()) ** 2).sum()
else:
    score = (out.argmax(1) == test[1]).float().mean()
print(json.dumps({"score": score.item()}))

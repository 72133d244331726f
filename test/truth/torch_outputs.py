"""Records PyTorch's losses of a model with three outputs: torch-outputs.json.

    python -m venv venv && venv/bin/pip install torch
    venv/bin/python test/truth/torch_outputs.py

x [4] -> 6 tanh -> 3 classes (cross-entropy with label smoothing, weight 1), 1 yes or no (binary cross-entropy, weight
0.5), 1 number (Huber, weight 2). Rows, labels and first weights are sines, so that anyone can make them again; plain
gradient descent over all rows, in double precision. Of each step the total and each loss before it; then the weights.
"""

import json
import math
import pathlib

import torch
from torch.nn import functional as F

ROWS, STEPS, RATE = 12, 20, 0.5
torch.set_default_dtype(torch.float64)


def sines(seed, *shape):
    n = math.prod(shape)
    return torch.tensor([math.sin(1.7 * i + seed) for i in range(n)]).reshape(shape)


x = 1.5 * sines(0.4, ROWS, 4)
kind = torch.tensor([i % 3 for i in range(ROWS)])
sick = torch.tensor([float(i % 2) for i in range(ROWS)])
size = 2 * sines(2.1, ROWS)
shapes = {"trunk": (4, 6), "kind": (6, 3), "sick": (6, 1), "size": (6, 1)}
weights = {}
for k, (name, (m, n)) in enumerate(shapes.items()):
    weights[f"{name}/kernel"] = (0.6 * sines(k + 0.3, m, n)).requires_grad_()
    weights[f"{name}/bias"] = (0.1 * sines(k + 0.7, n)).requires_grad_()

dense = lambda name, v: v @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]
steps = []
for _ in range(STEPS):
    trunk = torch.tanh(dense("trunk", x))
    losses = [
        F.cross_entropy(dense("kind", trunk), kind, label_smoothing=0.1),
        F.binary_cross_entropy_with_logits(dense("sick", trunk)[:, 0], sick),
        F.huber_loss(dense("size", trunk)[:, 0], size, delta=0.5),
    ]
    total = losses[0] + 0.5 * losses[1] + 2 * losses[2]
    steps.append([v.item() for v in (total, *losses)])
    for w, gradient in zip(weights.values(), torch.autograd.grad(total, list(weights.values()))):
        w.data -= RATE * gradient
    if len(steps) == 1:
        after = {name: w.detach().flatten().tolist() for name, w in weights.items()}

digits = lambda v: [digits(e) for e in v] if isinstance(v, list) else float(f"{v:.9g}")
first = {name: digits(v) for name, v in after.items()}
last = {name: digits(w.detach().flatten().tolist()) for name, w in weights.items()}
out = {"torch": torch.__version__.split("+")[0], "steps": digits(steps), "first": first, "last": last}
(pathlib.Path(__file__).parent / "torch-outputs.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")

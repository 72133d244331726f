"""Records scikit-learn's metrics of answers with ties: sklearn-metrics.json.

    python -m venv venv && venv/bin/pip install scikit-learn
    venv/bin/python test/truth/sklearn_metrics.py

Answers and labels follow from sines, so that anyone can make them again. Scores are rounded to tenths: many are equal.
`balanced` are compute_class_weight's factors.
"""

import json
import math
import pathlib

import numpy as np
import sklearn
from sklearn import metrics as m
from sklearn.utils.class_weight import compute_class_weight

ROWS = 200


def sines(seed, n):
    return np.array([math.sin(1.7 * i + seed) for i in range(n)])


def labels(classes, seed):
    """Of uneven sizes: the last is rare."""
    return np.array([min(classes - 1, int(classes * v * v)) for v in np.sin(np.arange(ROWS) * 2.3 + seed)])


def of_classes(classes, labels):
    scores = np.round(np.abs(sines(classes, ROWS * classes)).reshape(ROWS, classes) + 0.5 * np.eye(classes)[labels], 1)
    # As a network gives them: in single precision, in which more are equal.
    probabilities = (scores / scores.sum(axis=1, keepdims=True)).astype(np.float32)
    said = scores.argmax(axis=1)
    present = np.unique(labels)
    if classes == 2:
        auc = m.roc_auc_score(labels, probabilities[:, 1])
        averaged = {"labels": [1], "average": "macro"}
    else:
        auc = np.mean([m.roc_auc_score(labels == c, probabilities[:, c]) for c in present])
        averaged = {"labels": present, "average": "macro"}
    return {
        "accuracy": m.accuracy_score(labels, said),
        "precision": m.precision_score(labels, said, zero_division=0, **averaged),
        "recall": m.recall_score(labels, said, zero_division=0, **averaged),
        "f1": m.f1_score(labels, said, zero_division=0, **averaged),
        "auc": auc,
    }


def top(classes, k, labels):
    """Without ties, which scikit-learn breaks by itself."""
    scores = np.abs(sines(classes, ROWS * classes)).reshape(ROWS, classes)
    return m.top_k_accuracy_score(labels, scores, k=k, labels=np.arange(classes))


def binary(labels):
    scores = np.round(0.5 + 0.4 * sines(9, ROWS) + 0.2 * (labels - 0.5), 1)
    said = (scores > 0.5).astype(int)
    return {"accuracy": m.accuracy_score(labels, said), "precision": m.precision_score(labels, said), "recall": m.recall_score(labels, said), "f1": m.f1_score(labels, said), "auc": m.roc_auc_score(labels, scores)}


def of_numbers():
    y, said = 3 * sines(1, ROWS), 3 * sines(1, ROWS) + sines(5, ROWS) ** 3
    return {"mae": m.mean_absolute_error(y, said), "rmse": m.root_mean_squared_error(y, said), "r2": m.r2_score(y, said)}


four = labels(4, 0.2)
# A class that has no row.
missing = np.where(four == 2, 0, four)
out = {
    "sklearn": sklearn.__version__,
    "two": of_classes(2, labels(2, 0.1)),
    "four": of_classes(4, four),
    "missing": of_classes(4, missing),
    "top": [top(4, k, four) for k in (1, 2, 3, 4)],
    "binary": binary(labels(2, 0.1)),
    "numbers": of_numbers(),
    "balanced": list(compute_class_weight("balanced", classes=np.arange(4), y=four)),
}
digits = lambda v: {k: digits(e) for k, e in v.items()} if isinstance(v, dict) else [digits(e) for e in v] if isinstance(v, list) else v if isinstance(v, str) else float(f"{v:.9g}")
(pathlib.Path(__file__).parent / "sklearn-metrics.json").write_text(json.dumps(digits(out), indent=1) + "\n")

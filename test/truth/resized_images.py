"""Writes test/truth/resized-images.json: an image of 5×4 pixels resized by tf.image.resize (bilinear, no antialias), for test/trainer/sources.test.ts."""
import json
from pathlib import Path

import numpy as np
import tensorflow as tf

image = np.random.default_rng(3).integers(0, 256, (5, 4, 3))
sizes = [(5, 4), (3, 7), (10, 8), (1, 1), (2, 2), (7, 3)]
found = {f"{h}x{w}": [round(float(v), 4) for v in tf.image.resize(image.astype("float32"), (h, w)).numpy().ravel()] for h, w in sizes}
Path(__file__).with_name("resized-images.json").write_text(json.dumps({"image": image.ravel().tolist(), "resized": found}) + "\n")

"""Counts of whole networks by keras.applications (keras-models.json).

    venv/bin/python test/truth/keras_models.py        venv: as in keras_layers.py

For each: all parameters, the trainable ones, and the count of every layer that has some, in ascending order. The number
of rows that a Normalization layer has seen is no parameter of a network, and left out.
"""

import json
import math
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras

MODELS = ["VGG16", "ResNet50", "MobileNet", "MobileNetV2", "DenseNet121", "InceptionV3", "Xception", "EfficientNetB0", "DenseNet169", "ResNet50V2", "InceptionResNetV2", "NASNetMobile"]


def counts(name):
    keras.backend.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    seen = sum(isinstance(layer, keras.layers.Normalization) for layer in model.layers)
    layers = [layer.count_params() - isinstance(layer, keras.layers.Normalization) for layer in model.layers]
    return {
        "params": model.count_params() - seen,
        "trainable": sum(math.prod(w.shape) for w in model.trainable_weights),
        "layers": sorted(n for n in layers if n > 0),
    }


out = pathlib.Path(__file__).with_name("keras-models.json")
rows = ",\n".join(f'  "{name}": {json.dumps(counts(name), separators=(",", ":"))}' for name in MODELS)
out.write_text(f'{{"made": {{"keras": "{keras.__version__}"}}, "models": {{\n{rows}\n}}}}\n')

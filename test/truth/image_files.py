"""Writes images of every kind that a PNG or JPEG has, and what Pillow reads of them: image-files.json.

    python -m venv venv && venv/bin/pip install pillow numpy
    venv/bin/python test/truth/image_files.py

A smooth image, [12, 16, 3]; of each file its bytes (base64) and its pixels as red, green, blue and opacity.
"""

import base64
import io
import json
import pathlib

import numpy as np
import PIL
from PIL import Image

y, x = np.mgrid[0:12, 0:16]
rgb = np.stack([8 + 15 * x, 10 + 20 * y, 250 - 7 * x - 9 * y], -1).clip(0, 255).astype(np.uint8)
alpha = (255 - 10 * x).astype(np.uint8)[..., None]
colour = Image.fromarray(rgb)
grey = colour.convert("L")
transparent = Image.fromarray(np.concatenate([rgb, alpha], -1), "RGBA")


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


files = {
    "png, colour": saved(colour, "PNG"),
    "png, colour and opacity": saved(transparent, "PNG"),
    "png, grey": saved(grey, "PNG"),
    "png, grey and opacity": saved(transparent.convert("LA"), "PNG"),
    "png, palette": saved(colour.quantize(32), "PNG"),
    "png, one bit": saved(grey.point(lambda v: 255 * (v > 120)).convert("1"), "PNG"),
    "png, 16 bits": saved(Image.fromarray((np.asarray(grey).astype(np.uint16) * 257)), "PNG"),
    "jpeg, whole colour": saved(colour, "JPEG", quality=95, subsampling=0),
    "jpeg, halved colour": saved(colour, "JPEG", quality=95, subsampling=2),
    "jpeg, progressive": saved(colour, "JPEG", quality=95, progressive=True, subsampling=0),
    "jpeg, grey": saved(grey, "JPEG", quality=95),
    "jpeg, four inks": saved(colour.convert("CMYK"), "JPEG", quality=95),
}


def pixels(data):
    image = Image.open(io.BytesIO(data))
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) // 257).astype(np.uint8))
    return np.asarray(image.convert("RGBA")).flatten().tolist()


out = {"pillow": PIL.__version__, "files": {name: {"bytes": base64.b64encode(data).decode(), "pixels": pixels(data)} for name, data in files.items()}}
(pathlib.Path(__file__).parent / "image-files.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")

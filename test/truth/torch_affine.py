"""Records how PyTorch moves an image by affine maps: torch-affine.json.

    python -m venv venv && venv/bin/pip install torch
    venv/bin/python test/truth/torch_affine.py

Pixel (y, x) of the result is the one of the image at y' = a·y + b·x + c, x' = d·y + e·x + f from the centre: bilinear,
0 outside (grid_sample). The image, [5, 4, 2], is sines.
"""

import json
import math
import pathlib

import torch

torch.set_default_dtype(torch.float64)
H, W, C = 5, 4, 2
image = torch.tensor([math.sin(1.7 * i) for i in range(H * W * C)]).reshape(H, W, C)
turn = math.radians(30)
MAPS = {
    "by half a pixel": (1, 0, 0.5, 0, 1, -1.25),
    "mirrored": (1, 0, 0, 0, -1, 0),
    "turned by 30 degrees": (math.cos(turn), math.sin(turn), 0, -math.sin(turn), math.cos(turn), 0),
    "twice as large": (0.5, 0, 0, 0, 0.5, 0),
    "all of it": (0.7, 0.4, -0.3, -0.5, 1.2, 0.8),
}


def moved(a, b, c, d, e, f):
    y, x = torch.meshgrid(torch.arange(H) - (H - 1) / 2, torch.arange(W) - (W - 1) / 2, indexing="ij")
    # From −1 at the first pixel to 1 at the last.
    grid = torch.stack([(d * y + e * x + f) / ((W - 1) / 2), (a * y + b * x + c) / ((H - 1) / 2)], -1)
    found = torch.nn.functional.grid_sample(image.permute(2, 0, 1)[None], grid[None], mode="bilinear", padding_mode="zeros", align_corners=True)
    return found[0].permute(1, 2, 0).flatten().tolist()


out = {"torch": torch.__version__.split("+")[0], "cases": {name: {"map": m, "values": [float(f"{v:.9g}") for v in moved(*m)]} for name, m in MAPS.items()}}
(pathlib.Path(__file__).parent / "torch-affine.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")

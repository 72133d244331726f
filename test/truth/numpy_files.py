"""Writes test/fixtures/npy/: arrays of every kind that server/formats/npy.ts reads, as numpy.save writes them, and their values in values.json. Run with numpy ≥ 2."""
import json
import sys
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / "fixtures" / "npy")
folder.mkdir(parents=True, exist_ok=True)
base = np.array([[0, 1, 2], [3, 100, 5]])
arrays = {
    **{code.replace("<", "le_").replace(">", "be_").replace("|", ""): base.astype(code) for code in ["<f4", "<f8", ">f4", ">f8", "|i1", "<i2", ">i2", "<i4", "<i8", ">i8", "|u1", "<u2", "<u4", ">u4", "<u8"]},
    "negative": -base.astype("<i2"),
    "bool": base % 2 == 1,
    "fortran": np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)),
    "fraction": np.array([0.1, -1.5e-3, 3e38], dtype="<f8"),
    "scalar": np.array(7, dtype="<i4"),
    "empty": np.zeros((0, 4), dtype="<f4"),
    "large": np.array([2**53, -(2**53)], dtype="<i8"),
}
values = {}
for name, array in arrays.items():
    np.save(folder / f"{name}.npy", array)
    values[name] = {"shape": list(array.shape), "values": [float(v) for v in np.ascontiguousarray(array).ravel()]}
for version in [(2, 0), (3, 0)]:
    name = f"version{version[0]}"
    with open(folder / f"{name}.npy", "wb") as f:
        npy.write_array(f, base.astype("<f4"), version=version)
    values[name] = {"shape": [2, 3], "values": base.ravel().astype(float).tolist()}
(folder / "values.json").write_text(json.dumps(values, indent=1) + "\n")
np.save(folder / "record.npy", np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f4")]))
np.save(folder / "half.npy", base.astype("<f2"))
np.save(folder / "complex.npy", base.astype("<c8"))
np.save(folder / "object.npy", np.array(["a", None], dtype=object), allow_pickle=True)

# .npz: of each array its axes and values, or words.
named = {
    "left": np.arange(24, dtype="<f4").reshape(4, 2, 3) / 7,
    "across": np.asfortranarray(np.arange(8, dtype="<f8").reshape(4, 2)),
    "right": np.array([3, 1, 2, 250], dtype="|u1"),
    "kind": np.array(["cat", "dög", "", "a, \"b\""]),
    "bytes": np.array([b"train", b"test", b"valid", b"train"]),
    "turned": np.array(["x", "yz", "y", "x"]).astype(">U3"),
}
np.savez(folder / "stored.npz", **named)
np.savez_compressed(folder / "packed.npz", **named)
told = {n: [t.decode() if isinstance(t, bytes) else str(t) for t in a] if a.dtype.kind in "US" else {"shape": list(a.shape), "values": [float(v) for v in np.ascontiguousarray(a).ravel()]} for n, a in named.items()}
(folder / "archives.json").write_text(json.dumps(told, indent=1) + "\n")

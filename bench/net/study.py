"""Score the network alone: writes NAME.hairs.json for score_fields.py.

python -m net.study STATE.pt PHOTOS_FOLDER OUT [LEAST_ROOT_HEAT]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import torch

from net.decode import decode
from net.model import HairNet
from net.render import PX_PER_MM


def run(net: HairNet, rgb: np.ndarray) -> np.ndarray:
    height, width = rgb.shape[:2]
    padded = cv2.copyMakeBorder(rgb, 0, -height % 16, 0, -width % 16, cv2.BORDER_REFLECT_101)
    with torch.no_grad():
        out = net(torch.from_numpy(padded.transpose(2, 0, 1)[None].astype(np.float32) / 255))
    return out[0].numpy()[:, : height // 2, : width // 2]


def main() -> None:
    state, photos, out = (Path(a) for a in sys.argv[1:4])
    root_above = float(sys.argv[4]) if len(sys.argv) > 4 else 0.3
    net = HairNet()
    net.load_state_dict(torch.load(state)["smooth"])
    net.eval()
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(photos.glob("*.truth.json")):
        name = path.name.removesuffix(".truth.json")
        factor = PX_PER_MM / json.loads(path.read_text())["px_per_mm"]
        rgb = cv2.imread(str(next(p for p in photos.glob(f"{name}.*") if p.suffix in (".jpg", ".png"))))[..., ::-1]
        small = cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        roots, tips, p = decode(run(net, small), root_above)
        roots, tips = (((ends + 0.5) / factor - 0.5).tolist() for ends in (roots, tips))
        hairs = [{"root": r, "polyline": [r, t], "p_hair": float(h)} for r, t, h in zip(roots, tips, p, strict=True)]
        (out / f"{name}.hairs.json").write_text(json.dumps({"hairs": hairs}))


if __name__ == "__main__":
    main()

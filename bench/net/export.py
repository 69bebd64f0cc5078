"""Write the trained network where the program reads it, and its weights where training can go on from them.

python -m net.export STATE.pt
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

import hairwise.hairs as package
from net.model import HairNet

WEIGHTS = Path(__file__).parent / "weights.npz"
PROGRAM = Path(package.__file__).parent / "hairnet.onnx"


def main() -> None:
    net = HairNet()
    net.load_state_dict(torch.load(sys.argv[1])["smooth"])
    net.eval()
    sides = {"image": {2: "h", 3: "w"}, "maps": {2: "h2", 3: "w2"}}
    names = {"input_names": ["image"], "output_names": ["maps"], "dynamic_axes": sides}
    torch.onnx.export(net, torch.zeros(1, 3, 256, 256), PROGRAM, **names, opset_version=17, dynamo=False)
    # half precision is finer than the noise of training
    np.savez_compressed(WEIGHTS, **{name: value.numpy().astype(np.float16) for name, value in net.state_dict().items()})


if __name__ == "__main__":
    main()

"""Train on rendered photos; may be stopped and goes on from its last state.

python -m net.train FOLDER_OF_RENDERS STATE.pt STEPS [PEAK_RATE] [WEIGHTS.npz to begin with]
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import torch

from net.model import HairNet, loss_of
from net.patches import Patch, draw_patch
from net.render import Sample, load

SEED, BATCH, WARM_UP, KEEP = 20261125, 8, 100, 0.998
FIELDS = ("image", "heat", "heat_weight", "body", "body_weight", "vectors", "vector_weight")


def batches(folder: Path, first: int, out: queue.Queue[dict[str, torch.Tensor]]) -> None:
    """Fill the queue; batch n depends on the seed, n and the renders that are there."""
    cache: dict[Path, Sample] = {}
    for n in range(first, 10**9):
        rng = np.random.default_rng([SEED, n])
        patches: list[Patch] = []
        if n % 50 == 0 or n == first:
            paths = sorted(p for p in folder.glob("*.npz") if "tmp" not in p.name)
        for path in rng.choice(len(paths), BATCH // 2):
            if paths[path] not in cache:
                if len(cache) > 400:
                    cache.clear()
                cache[paths[path]] = load(paths[path])
            patches += [draw_patch(cache[paths[path]], rng) for _ in range(2)]
        out.put({name: torch.from_numpy(np.stack([getattr(p, name) for p in patches])) for name in FIELDS})


def main() -> None:
    folder, state_path, steps = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    peak = float(sys.argv[4]) if len(sys.argv) > 4 else 2.5e-3
    cv2.setNumThreads(1)
    torch.manual_seed(SEED)
    net = HairNet().to(memory_format=torch.channels_last)
    if len(sys.argv) > 5:
        with np.load(sys.argv[5]) as file:
            like = net.state_dict()
            net.load_state_dict({name: torch.from_numpy(file[name]).to(like[name].dtype) for name in file.files})
    smooth = HairNet()
    smooth.load_state_dict(net.state_dict())
    optimiser = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=1e-4)
    done = 0
    if state_path.exists():
        state = torch.load(state_path)
        net.load_state_dict(state["net"])
        smooth.load_state_dict(state["smooth"])
        if "optimiser" in state:
            optimiser.load_state_dict(state["optimiser"])
        done = state["done"]
    line: queue.Queue[dict[str, torch.Tensor]] = queue.Queue(6)
    threading.Thread(target=batches, args=(folder, done, line), daemon=True).start()
    began, sums = time.time(), {}
    for n in range(done, steps):
        rate = peak * min((n + 1) / WARM_UP, 1.0, (steps - n) / (0.3 * steps))  # the last third comes to rest
        for group in optimiser.param_groups:
            group["lr"] = rate
        batch = line.get()
        batch["image"] = batch["image"].contiguous(memory_format=torch.channels_last)
        loss, parts = loss_of(net(batch["image"]), batch)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        keep = min(KEEP, (n + 1) / (n + 10))
        with torch.no_grad():
            for mine, new in zip(smooth.state_dict().values(), net.state_dict().values(), strict=True):
                if mine.dtype.is_floating_point:
                    mine.lerp_(new, 1 - keep)
                else:
                    mine.copy_(new)
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + value
        if (n + 1) % 50 == 0:
            told = "  ".join(f"{name} {value / 50:.3f}" for name, value in sums.items())
            print(f"{n + 1}  {told}  {(time.time() - began) / (n + 1 - done):.2f} s a step", flush=True)
            sums = {}
        if (n + 1) % 200 == 0 or n + 1 == steps:
            nets = {"net": net.state_dict(), "smooth": smooth.state_dict()}
            state = {**nets, "optimiser": optimiser.state_dict(), "done": n + 1}
            torch.save(state, state_path.with_suffix(".tmp"))
            state_path.with_suffix(".tmp").rename(state_path)


if __name__ == "__main__":
    main()

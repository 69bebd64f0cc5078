"""The network: a U-Net of 0.94 million weights. In: RGB at 120 px/mm. Out: nine maps at 60 px/mm."""

from __future__ import annotations

import torch
from torch import nn

CHANNELS = (32, 64, 96, 128)
N_OUT = 9  # root, tip, body (logits); direction x, y; offset to root x, y; offset to tip x, y [mm]


def _pair(inside: int, outside: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, padding=1, bias=False), nn.BatchNorm2d(outside), nn.ReLU(inplace=True),
        nn.Conv2d(outside, outside, 3, padding=1, bias=False), nn.BatchNorm2d(outside), nn.ReLU(inplace=True),
    )  # fmt: skip


class HairNet(nn.Module):
    """Sides must be a multiple of 16 px."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = CHANNELS
        self.split = nn.PixelUnshuffle(2)
        self.down1, self.down2, self.down3, self.down4 = _pair(12, a), _pair(a, b), _pair(b, c), _pair(c, d)
        self.up3, self.up2, self.up1 = _pair(d + c, c), _pair(c + b, b), _pair(b + a, a)
        self.halve = nn.MaxPool2d(2)
        self.out = nn.Conv2d(a, N_OUT, 1)
        # nearly nothing is a root: start from that, or the first steps only learn it
        nn.init.constant_(self.out.bias, 0.0)
        with torch.no_grad():
            self.out.bias[:3] = -4.0

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Image (N, 3, H, W) in 0-1; returns (N, 9, H/2, W/2)."""
        one = self.down1(self.split(image - 0.5))
        two = self.down2(self.halve(one))
        three = self.down3(self.halve(two))
        four = self.down4(self.halve(three))
        up = nn.functional.interpolate
        x = self.up3(torch.cat([up(four, scale_factor=2.0), three], 1))
        x = self.up2(torch.cat([up(x, scale_factor=2.0), two], 1))
        x = self.up1(torch.cat([up(x, scale_factor=2.0), one], 1))
        return self.out(x)


def loss_of(out: torch.Tensor, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, dict[str, float]]:
    """Focal loss for ends, cross entropy for body, squared error for vectors (absolute error does not start)."""
    heat, weight = batch["heat"], batch["heat_weight"]
    p = torch.sigmoid(out[:, :2]).clamp(1e-4, 1 - 1e-4)
    centre = (heat >= 0.999).float()
    hit = -((1 - p) ** 2) * torch.log(p) * centre
    miss = -(p**2) * ((1 - heat) ** 4) * torch.log(1 - p) * (1 - centre)
    ends = ((hit + miss) * weight).sum() / (centre * weight).sum().clamp(min=8.0)
    bce = nn.functional.binary_cross_entropy_with_logits(out[:, 2], batch["body"], reduction="none")
    body = (bce * batch["body_weight"]).sum() / batch["body_weight"].sum().clamp(min=1.0)
    far = (out[:, 3:] - batch["vectors"]) ** 2
    w = batch["vector_weight"].repeat_interleave(2, dim=1)
    vectors = [(far[:, k : k + 2] * w[:, k : k + 2]).sum() / w[:, k : k + 2].sum().clamp(min=1.0) for k in (0, 2, 4)]
    total = ends + 2.0 * body + 2.0 * vectors[0] + 8.0 * vectors[1] + 8.0 * vectors[2]
    names = ("ends", "body", "direction", "to_root", "to_tip")
    return total, dict(zip(names, (float(v.detach()) for v in (ends, body, *vectors)), strict=True))

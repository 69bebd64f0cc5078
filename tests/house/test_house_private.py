"""Nothing is kept or sent beside what was asked for."""

import os
import subprocess
import sys
from pathlib import Path

_LOOK = "import numpy as np; from hairwise.hairs.net import look; look(np.zeros((64, 64, 3), np.uint8))"


def test_the_network_runs_without_telling_anyone(tmp_path: Path) -> None:
    # the runtime's telemetry keeps an identity and a queue under the home folder before it sends them
    env = {k: v for k, v in os.environ.items() if k not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")}
    subprocess.run([sys.executable, "-c", _LOOK], env={**env, "HOME": str(tmp_path)}, check=True, timeout=120)
    assert list(tmp_path.rglob("*")) == []

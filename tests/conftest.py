"""Shared by all tests: one seeded generator, the folder of real photos, and shared test modules on the path."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

# Drawn the same way in every run, so a red run is about the change in hand; `make check-long` draws anew.
settings.register_profile("same", derandomize=True)
settings.register_profile("anew", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

HERE = Path(__file__).parent
for folder in ("care", "change", "image"):
    sys.path.insert(0, str(HERE / folder))


@pytest.fixture
def rng() -> np.random.Generator:
    """Fixed in every run; a test that needs another seed says so."""
    return np.random.default_rng(20261122)


@pytest.fixture(scope="session")
def real_photos() -> Path:
    """Folder of real photos for measuring only; skips where there is none."""
    for folder in (os.environ.get("HAIRWISE_TEST_DATA"), HERE.parent.parent / "shared" / "data"):
        if folder and (Path(folder) / "trichoscopy").is_dir():
            return Path(folder)
    pytest.skip("no real photos: set HAIRWISE_TEST_DATA, or put them at ../shared/data")

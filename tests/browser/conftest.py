"""A browser for each module, and two servers: one with an invented diary, one with nothing kept."""

import os

import invented_case
import opened as real
import pytest

from hairwise.web.demo import DemoRunner


@pytest.fixture(scope="module")
def browser():
    if real.find() is None:
        why = "no Chromium: install the package chromium, or run `make chromium` as root"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    with real.browser() as started:
        yield started


@pytest.fixture(scope="module")
def bases(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    real.fill(folder / "filled")
    with real.served(folder / "filled", ready_demo()) as filled, real.served(folder / "empty", ready_demo()) as empty:
        yield {"filled": filled, "empty": empty}


@pytest.fixture
def own_base(tmp_path):
    """A server whose log begins empty and is the test's own."""
    with real.served(tmp_path / "data", ready_demo()) as base:
        yield base


def ready_demo():
    return DemoRunner(invented_case.make)

from datetime import datetime, timedelta

import pytest

from hairwise.store.repository import Store


class Clock:
    def __init__(self):
        self.at = datetime(2026, 3, 1, 12)

    def __call__(self):
        return self.at

    def pass_days(self, n):
        self.at += timedelta(days=n)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    held = Store(tmp_path / "data", clock)
    yield held
    held.close()

"""A client that talks to the application in memory."""

import asyncio
from datetime import date

import httpx
import pytest

from hairwise.web.app import create_app

TODAY = date(2026, 5, 2)


class Client:
    """Requests to one application; server errors come back as answers."""

    def __init__(self, app, base="http://127.0.0.1:8765"):
        self.app, self.base = app, base

    def __call__(self, method, path, **options):
        async def go():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
                return await client.request(method, path, **options)

        return asyncio.run(go())

    def get(self, path, **options):
        return self("GET", path, **options)

    def post(self, path, form=None, **options):
        return self("POST", path, data=form or {}, **options)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    return Client(create_app(today=lambda: TODAY, data=tmp_path_factory.mktemp("data") / "kept"))


@pytest.fixture
def make_client(tmp_path):
    return lambda **options: Client(create_app(today=lambda: TODAY, **{"data": tmp_path / "kept", **options}))

"""The server listens where it was told to and nowhere else."""

import pytest
from click.testing import CliRunner

from hairwise.cli import cli
from hairwise.errors import Refused
from hairwise.web import server


class Served:
    """Stands for the server; notes what it was given."""

    def __init__(self, config, address, *, browser, then):
        Served.config, Served.address, Served.then = config, address, staticmethod(then)

    def run(self, listeners):
        Served.bound = [each.getsockname()[0] for each in listeners]


@pytest.fixture
def served(monkeypatch):
    monkeypatch.setattr(server, "_Server", Served)
    return Served


def test_without_lan_it_listens_on_this_machine_alone(served, tmp_path):
    server.run(0, browser=False, data=tmp_path)
    assert served.bound == ["127.0.0.1"]
    assert served.config.proxy_headers is False
    assert served.config.access_log is False


def test_with_lan_it_listens_on_the_one_address_too_and_tells_the_code(served, tmp_path, monkeypatch):
    monkeypatch.setattr(server, "home_address", lambda told: told)
    said = []
    server.run(0, browser=False, data=tmp_path, lan=server.Lan("127.0.0.1", said.append))
    assert served.bound == ["127.0.0.1", "127.0.0.1"]
    assert said == []  # the code's ten minutes begin once it listens
    served.then()
    assert "/join" in said[0]


def test_an_address_of_another_machine_is_refused(tmp_path):
    with pytest.raises(Refused) as refused:
        server.run(0, browser=False, data=tmp_path, lan=server.Lan("192.168.255.254", print))
    assert refused.value.code == "bad_address"


@pytest.mark.parametrize(("given", "address"), [(["--lan"], None), (["--lan", "10.1.2.3"], "10.1.2.3"), ([], "off")])
def test_the_command_passes_the_address_on(monkeypatch, given, address):
    seen = []
    monkeypatch.setattr(server, "run", lambda *_, lan, **__: seen.append(lan.address if lan else "off"))
    assert CliRunner().invoke(cli, ["serve", *given, "--no-browser"]).exit_code == 0
    assert seen == [address]


def test_the_command_refuses_the_internet_in_one_line():
    told = CliRunner().invoke(cli, ["serve", "--lan", "8.8.8.8", "--no-browser"])
    assert told.exit_code == 3
    assert "home network" in told.stderr
    assert "Traceback" not in told.output

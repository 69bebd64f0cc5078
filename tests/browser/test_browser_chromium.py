"""Chromium is installed where it is missing and can be had, and else a clear line says what to do."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "chromium.sh"


@pytest.fixture
def run(tmp_path):
    def told(user="0", **programs):
        for name, body in {"id": f"echo {user}", **programs}.items():
            file = tmp_path / name.replace("_", "-")
            file.write_text(f"#!/bin/sh\n{body}\n")
            file.chmod(0o755)
        return subprocess.run(["/bin/sh", SCRIPT], env={"PATH": str(tmp_path)}, capture_output=True, text=True)

    return told


def test_a_browser_that_is_there_is_left_alone(run):
    done = run(chromium="exit 0", apt_get="echo must not run >&2")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_it_is_installed_once_as_root_or_with_sudo(run, tmp_path):
    log = f'echo "$@" >> {tmp_path}/log'
    assert run(apt_get=log).returncode == 0
    assert run(user="1000", apt_get=log, sudo='shift; "$@"', true="exit 0").returncode == 0
    calls = (tmp_path / "log").read_text().splitlines()
    assert [c.split()[0] for c in calls] == ["update", "install"] * 2
    assert "chromium" in calls[1]


@pytest.mark.parametrize(
    ("programs", "why"),
    [
        ({}, "this is no Debian machine"),
        ({"user": "1000", "apt_get": "exit 0", "sudo": "exit 1"}, "it takes root"),
        ({"apt_get": "exit 100"}, "it could not be installed"),
    ],
)
def test_where_it_cannot_be_had_one_line_says_what_to_do(run, programs, why):
    done = run(**programs)
    assert done.returncode == 0  # the other tests go on
    assert why in done.stderr
    assert "Install the package chromium" in done.stderr

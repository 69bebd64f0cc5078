"""Is anything confirmed lost when the program is killed? usage: kill.py [--times 50] [--seed 1]

Starts a process that works on a store (uploads, measurements, the first migration, backups, an import), kills it with
SIGKILL after a random time, opens the store again and looks for everything that was confirmed before.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import date
from pathlib import Path

from hairwise.store.archive import read_archive, write_archive
from hairwise.store.backup import copies
from hairwise.store.repository import KeptPhoto, Store

HEAD = """
import sys
from datetime import date
from pathlib import Path
from hairwise.store import backup
from hairwise.store.archive import read_archive
from hairwise.store.repository import KeptPhoto, Store
folder, given = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
store = Store(folder)
about = KeptPhoto("", ".jpg", "a", "close_up", date(2026, 1, 1), "r", None, None)
def upload(n):
    return store.add_photo(b"%d " % n * 20000, about)
"""
WORK = {
    "upload": "for n in range(10**6): print(upload(n), flush=True)",
    "measurement": "sha = upload(0)\nfor n in range(10**6): print(store.add_measurement(sha, dict(method_version='1', "
    "calibration={}, settings={}, body={'hairs': [n] * 2000})), flush=True)",
    "migration": "print('made', flush=True)",
    "backup": "for n in range(10**6): print(backup.by_hand(store, '0'), flush=True)",
    "import": "read_archive(store, Path(given)); print('done', flush=True)",
}
LATEST_S = {"upload": 0.6, "measurement": 0.6, "migration": 0.25, "backup": 0.8, "import": 0.6}


def is_whole(work: str, folder: Path, told: list[str], given: Path) -> bool:
    store = Store(folder)
    try:
        if work == "upload":
            return all(len(store.photo_bytes(sha)) for sha in told)
        if work == "measurement":
            kept = {m["id"] for p in store.photos() for m in store.measurements(p.sha256)}
            return set(told) <= kept
        if work == "backup":
            return all(zipfile.ZipFile(p).testzip() is None for p in copies(store)) and {Path(t) for t in told} <= set(
                copies(store)
            )
        if work == "import":
            if store.is_empty():
                read_archive(store, given)  # nothing stands in the way of a second try
            return len(store.photos()) == 60 and all(store.photo_bytes(p.sha256) for p in store.photos())
        return store.is_empty()
    finally:
        store.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw, root = random.Random(given.seed), Path(tempfile.mkdtemp())
    full = Store(root / "full")
    for n in range(60):
        about = KeptPhoto("", ".jpg", "a", "close_up", date(2026, 1, 1), "r", None, None)
        full.add_photo(b"%d " % n * 100_000, about)
    write_archive(full, root / "full.zip", {}, "0")
    full.close()
    for work, code in WORK.items():
        whole = confirmed = 0
        for n in range(given.times):
            folder = root / f"{work}{n}"
            if work == "backup":
                shutil.copytree(root / "full", folder)
            command = [sys.executable, "-c", HEAD + code, str(folder), str(root / "full.zip")]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
                run.stdout.readline()
                time.sleep(draw.uniform(0, LATEST_S[work]))
                run.kill()
                told = [line.strip() for line in run.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
            confirmed += len(told)
            whole += is_whole(work, folder, told, root / "full.zip")
            shutil.rmtree(folder)
        print(f"kill -9 during {work}: {whole} of {given.times} whole, {confirmed} confirmed before", flush=True)
    shutil.rmtree(root)


if __name__ == "__main__":
    main()

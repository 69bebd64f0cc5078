"""The names of the use cases: all there, and none loads more than it needs."""

import pkgutil
import subprocess
import sys

from hairwise import workflow


def test_every_name_is_found_and_no_other():
    workflow.load_all()
    assert all(name in vars(workflow) for name in workflow.__all__)
    assert not hasattr(workflow, "no_such_use_case")


def test_no_module_hides_a_name():
    """Importing a module puts it into the package under its own name."""
    modules = {m.name for m in pkgutil.iter_modules(workflow.__path__)}
    assert modules.isdisjoint(workflow.__all__)


def test_the_first_page_waits_for_no_finder_of_hairs(tmp_path):
    code = (
        "import sys; from pathlib import Path; from hairwise.web.app import create_app; "
        f"create_app(data=Path({str(tmp_path)!r})); print(*sorted(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "hairwise.workflow.keep" in loaded
    assert {"scipy", "cv2", "onnxruntime", "altair"}.isdisjoint(loaded)

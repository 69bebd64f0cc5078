"""The commands on kept data say one line and leave nothing half done."""

from click.testing import CliRunner

from hairwise.cli.main import cli
from hairwise.records.diary import Diary
from hairwise.simulate.people import draw_person
from hairwise.simulate.person import simulate_person
from hairwise.workflow import dump


def run(folder, *words, code=0, **more):
    told = CliRunner().invoke(cli, ["data", "--data", str(folder), *map(str, words)], **more)
    assert told.exit_code == code, told.output
    return told.output


def test_keep_export_delete_import(tmp_path):
    raw, _ = simulate_person(draw_person("aga", 4), 4)
    (tmp_path / "d.json").write_bytes(dump(Diary.model_validate(raw)))
    here, there = tmp_path / "here", tmp_path / "there"
    assert "are kept now" in run(here, "keep", tmp_path / "d.json")
    assert "already" in run(here, "keep", tmp_path / "d.json", code=3)
    run(here, "export", tmp_path / "a.zip")
    assert "there already" in run(here, "export", tmp_path / "a.zip", code=3)
    copy = run(here, "backup").removeprefix("Copied to ").strip().removesuffix(".")
    run(here, "delete-everything", input="n\n", code=1)
    assert "counts:" in run(here, "where")
    run(here, "delete-everything", "--yes")
    assert "counts:" not in run(here, "where")
    run(there, "import", tmp_path / "a.zip")
    assert f"counts: {len(raw['counts'])}" in run(there, "where")
    assert "Restored." in run(here, "restore", copy)
    assert f"counts: {len(raw['counts'])}" in run(here, "where")


def test_what_is_not_there_is_one_line(tmp_path):
    for words in (("import", "no.zip"), ("restore", "no.zip"), ("keep", "no.json")):
        out = run(tmp_path / "here", *words, code=3)
        assert len(out.strip().splitlines()) == 1


def test_a_damaged_database_is_put_aside_and_the_newest_copy_brought_back(tmp_path):
    raw, _ = simulate_person(draw_person("aga", 4), 4)
    (tmp_path / "d.json").write_bytes(dump(Diary.model_validate(raw)))
    here = tmp_path / "here"
    run(here, "keep", tmp_path / "d.json")
    kept = run(here, "where")
    [copy] = (here / "backups").glob("*.auto.db")
    (here / "hairwise.db").write_bytes(b"broken" * 500)
    for path in here.glob("hairwise.db-*"):
        path.unlink()
    assert "hairwise data restore" in run(here, "where", code=3)
    (tmp_path / "no.zip").write_bytes(b"no zip")
    run(here, "restore", tmp_path / "no.zip", code=3)
    assert (here / "hairwise.db").read_bytes() == b"broken" * 500  # a wrong file changes nothing
    assert "damaged file is in" in run(here, "restore", copy)
    assert run(here, "where") == kept
    assert [p.read_bytes() for p in (here / "damaged").rglob("hairwise.db")] == [b"broken" * 500]
    run(here, "delete-everything", "--yes")
    assert not (here / "damaged").exists()

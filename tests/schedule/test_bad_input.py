"""What cannot be planned is refused through the command line, in words, and nothing is written."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from setpiece.cli import app
from setpiece.errors import InputError
from setpiece.schedule.make import read
from setpiece.schedule.model import Plan

CALENDAR = '[calendar]\nstart = 2027-03-01\nunit_day = "5000"\n'
SCENE = "INT. BAR - NIGHT\n\nAna waits.\n\nANA\nSo?\n\n"


# The command, which says when it begins to look: how long a start takes depends on the machine. Who
# is started in the background by a shell has Ctrl-C turned off, and so would what it starts.
TOLD = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from setpiece.cli import main
from setpiece.schedule.cp_search import Search
look = Search.look
def told(*given):
    print("searching", flush=True)
    return look(*given)
Search.look = told
main()
"""


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETPIECE_KEYS", str(tmp_path / "keys"))


def _run(folder: Path, name: str, data: str | bytes, calendar: str = CALENDAR) -> Result:
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    (folder / "cal.toml").write_text(calendar)
    return CliRunner().invoke(
        app, ["schedule", str(folder / name), "-c", str(folder / "cal.toml"), "--solve", "0.1s",
              "--out", str(folder / "plan")],
    )  # fmt: skip


def _novel() -> str:
    return "\n\n".join(["It was late, and nobody in the house had slept for days. " * 12] * 60)


def _fdx(declared: str) -> str:
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [{declared}]><FinalDraft DocumentType="Script"><Content>'
        '<Paragraph Type="Action"><Text>&b;</Text></Paragraph></Content></FinalDraft>'
    )


def _scan() -> bytes:
    page, out = Image.new("L", (620, 877), 240), io.BytesIO()
    page.save(out, "PDF")
    return out.getvalue()


REFUSED = {
    "novel": ("book.fountain", _novel(), CALENDAR, "book.fountain"),
    "binary script": ("film.fountain", bytes(range(256)) * 40, CALENDAR, "film.fountain"),
    "binary pdf": ("film.pdf", b"%PDF-1.4\n" + bytes(range(256)), CALENDAR, "film.pdf"),
    "binary uss": ("film.uss", bytes(range(256)), CALENDAR, "film.uss"),
    "XML bomb": (
        "film.fdx", _fdx('<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">'), CALENDAR, "entities",
    ),
    "external entity": (
        "film.fdx", _fdx('<!ENTITY b SYSTEM "file:///etc/hostname">'), CALENDAR, "entities",
    ),
    "scans": ("film.pdf", _scan(), CALENDAR, "(a scan). Run it through OCR"),
    "no slugline": ("film.fountain", "Ana waits.\n\nShe goes.\n", CALENDAR, "film.fountain"),
    "empty": ("film.fountain", "", CALENDAR, "film.fountain"),
    "huge table": ("b.csv", b"id\n" + b"1\n" * 3_000_000, CALENDAR, "b.csv"),
    "a row too long": ("b.csv", "id,set\n1,Bar,Yard,Sea\n", CALENDAR, "b.csv: row 2"),
    "no working day": (
        "film.fountain", SCENE,
        CALENDAR + 'days_off = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]\n', "cal.toml",
    ),
    "ends before it starts": (
        "film.fountain", SCENE, CALENDAR + "end = 2027-02-01\n", "cal.toml",
    ),
    "negative rate": (
        "film.fountain", SCENE, CALENDAR + '[[performer]]\nname = "ANA"\nrate = -5\n', "cal.toml",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_planned_is_refused_and_nothing_is_written(
    tmp_path: Path, case: str
) -> None:
    name, data, calendar, said = REFUSED[case]
    shown = _run(tmp_path, name, data, calendar)
    assert shown.exit_code != 0
    assert isinstance(shown.exception, InputError | SystemExit), shown.exception
    assert said in str(shown.exception) + shown.output
    assert {p.name for p in tmp_path.iterdir()} <= {name, "cal.toml", "keys"}


def test_windows_1252_twice_used_numbers_and_what_is_above_the_first_slugline(
    tmp_path: Path,
) -> None:
    text = (
        "FADE IN:\n\nCaf\xe9.\n\n"
        + SCENE.replace("NIGHT", "NIGHT #7#").replace("BAR", "CAF\xc9") * 2
    )
    shown = _run(tmp_path, "film.fountain", text.encode("cp1252"))
    assert shown.exit_code == 0, shown.output
    made = Plan.model_validate_json((tmp_path / "plan" / "plan.json").read_bytes())
    ids = [s.id for s in made.breakdown.strips]
    assert len(ids) == len(set(ids)) == 2
    assert {s.set for s in made.breakdown.strips} == {"CAF\xc9"}
    assert any("7" in r for r in made.breakdown.remarks)
    table = tmp_path / "plan" / "plan.json"
    table.unlink()
    shown = _run(
        tmp_path, "b.csv", "id;set;pages;cast\n1;Caf\xe9;3/8;Ana\n1;Bar;2;Ana\n".encode("cp1252")
    )
    assert shown.exit_code == 0, shown.output
    made = Plan.model_validate_json(table.read_bytes())
    assert {s.set for s in made.breakdown.strips} == {"Caf\xe9", "Bar"}


def test_four_hundred_pages_are_broken_down_and_split(tmp_path: Path) -> None:
    scenes = []
    for n in range(400):
        speech = "\n\n".join(f"{'ANA' if k % 2 else 'LEO'}\nWe wait, as ever." for k in range(12))
        scenes.append(f"{'EXT' if n % 3 else 'INT'}. PLACE {n % 40} - DAY\n\nRain.\n\n{speech}\n\n")
    path = tmp_path / "long.fountain"
    path.write_text("".join(scenes))
    (tmp_path / "cal.toml").write_text(CALENDAR)
    found = read(path, tmp_path / "cal.toml").breakdown
    assert len(found.strips) >= 400
    assert sum(s.eighths for s in found.strips) >= 8 * 300


def test_ctrl_c_delivers_the_best_so_far_in_whole_files(tmp_path: Path) -> None:
    rows = "".join(
        f"{n},Set {n % 9},{'EXT' if n % 2 else 'INT'},{'N' if n % 4 == 3 else 'D'},{1 + n % 3},"
        f"{'; '.join(c for k, c in enumerate('ABCDEFGHIJ') if (n * 7 + k * k) % 4 == 0) or 'A'}\n"
        for n in range(1, 31)
    )
    (tmp_path / "b.csv").write_text("id,set,setting,light,pages,cast\n" + rows)
    (tmp_path / "cal.toml").write_text(CALENDAR + "[defaults]\nrate = 700\n")
    out = tmp_path / "plan"
    command = [sys.executable, "-c", TOLD, "schedule", str(tmp_path / "b.csv"), "-c",
               str(tmp_path / "cal.toml"), "--solve", "600s", "--out", str(out)]  # fmt: skip
    search = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "SETPIECE_KEYS": str(tmp_path / "keys")},
    )  # fmt: skip
    try:
        assert search.stdout is not None
        for _ in range(3):  # by the third time every kernel is compiled
            assert search.stdout.readline() == "searching\n"
        time.sleep(1)
        assert search.poll() is None
        search.send_signal(signal.SIGINT)
        shown, _ = search.communicate(timeout=120)
    finally:
        search.kill()
    assert search.returncode == 130, shown
    made = Plan.model_validate_json((out / "plan.json").read_bytes())
    assert sorted(made.dates) == sorted(str(n) for n in range(1, 31))
    assert "costs less than" in shown
    names = [p.name for p in out.rglob("*")]
    assert "show.db" in names
    assert not [n for n in names if n.endswith((".part", ".tmp"))]

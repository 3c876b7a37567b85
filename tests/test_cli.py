"""The command line: every mistake is one clear line and exit code 2; Ctrl-C is 130; a shot is 0."""

from __future__ import annotations

import csv
import json
import os
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from setpiece import cli
from street import arguments, picture, write_plate


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line that says what was wrong."""
        lines = [t for t in self.err.splitlines() if t.startswith("setpiece: ")]
        assert len(lines) == 1, self.err
        return lines[0]


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Type a command, as `setpiece ...`, in this process."""

    def typed(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["setpiece", *map(str, words)])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return Ended(code, shown.out, shown.err)

    return typed


@pytest.fixture
def plate(tmp_path: Path) -> Path:
    return write_plate(tmp_path / "street.png")


# Help


def test_the_version_is_said(run: Run) -> None:
    from setpiece import __version__

    assert run("--version").out.strip() == f"setpiece {__version__}"


@pytest.mark.parametrize(
    "command", ["", "collapse", "layout", "takes", "demo", "costs", "warm", "clean"]
)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    ended = run(*command.split(), "--help")
    assert ended.code == 0
    assert "Usage:" in ended.out
    if command:
        _, _, examples = ended.out.partition("Examples")
        assert f" setpiece {command}" in examples
    if command == "collapse":
        assert 'setpiece collapse house.jpg --brief "at 1 s it pancakes' in ended.out
        text = " ".join(ended.out.replace("│", " ").split())
        assert "equivalent, in mm." in text  # brackets would be eaten as markup


def test_the_command_and_the_module_are_the_same() -> None:
    for door in ([sys.executable, "-m", "setpiece.cli"], [str(_console_script())]):
        done = subprocess.run([*door, "--version"], capture_output=True, text=True, check=True)
        assert done.stdout.startswith("setpiece ")


def _console_script() -> Path:
    script = Path(sys.executable).with_name("setpiece")
    if not script.exists():
        pytest.skip("the package is not installed in this environment")
    return script


@pytest.mark.parametrize("words", [["wibble"], ["collapse"], ["collapse", "--wibble"]])
def test_words_that_are_no_command(run: Run, words: list[str]) -> None:
    assert run(*words).code == 2


# Plates that are none


def _truncated(path: Path) -> Path:
    whole = path.with_name("whole.jpg")
    Image.fromarray(picture()).save(whole, quality=95)
    path.write_bytes(whole.read_bytes()[:3000])
    return path


def _empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _wide(path: Path) -> Path:
    """A true PNG, 20000 pixels wide."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 20_000, 64, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(64 * (1 + 3 * 20_000)))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    return path


def _animated(path: Path) -> Path:
    frames = [Image.new("RGB", (64, 64), (v, v, v)) for v in (0, 90, 180)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    (path / "notes.txt").write_text("no pictures")
    return path


@pytest.mark.parametrize(
    ("make", "name", "words"),
    [
        (lambda p: p, "missing.jpg", "no such file"),
        (_truncated, "cut.jpg", "truncated"),
        (_empty, "empty.png", "empty"),
        (_wide, "wide.png", "too large"),
        (_animated, "loop.gif", "animated"),
        (_folder, "reel", "no pictures"),
    ],
)
def test_a_plate_that_is_none(run: Run, tmp_path: Path, make: Any, name: str, words: str) -> None:
    bad = make(tmp_path / name)
    ended = run("collapse", bad, *arguments(out=tmp_path / "takes"))
    assert ended.code == 2
    assert str(bad) in ended.complaint
    assert words in ended.complaint
    assert [p.name for p in (tmp_path / "takes").iterdir()] == [".work"]


# Orders that cannot be followed


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"outline": "500,500 600,500 600,600"}, "outside the 240x160 frame"),
        ({"outline": "78,42 168,128 168,42 78,128"}, "crosses itself"),
        ({"outline": "78,42 168,128"}, "at least 3"),
        ({"outline": "a,b c,d e,f"}, "--outline"),
        ({"outline": "nan,4 168,42 78,128"}, "--outline"),
        ({"line": "1,2"}, "--line"),
        ({"brief": "purple monkey dishwasher"}, "purple monkey dishwasher"),
        ({"brief": "topples left, topples right"}, "contradicts itself"),
        ({"brief": "it collapses and " * 3334}, "too long"),
        ({"brief": ""}, "empty"),
        ({"size": "0x0"}, "--size 0x0"),
        ({"size": "big"}, '--size "big"'),
        ({"fps": "nonsense"}, '--fps "nonsense"'),
        ({"fps": "0"}, "--fps 0"),
        ({"fragments": 3}, "--fragments 3"),
        ({"quality": "ultra"}, "--quality 'ultra'"),
        ({"seed": -1}, "--seed -1"),
        ({"roof": "onion"}, "onion"),
        ({"sun": "1,2 3,4"}, "--sun"),
        ({"colorspace": "rec9999"}, "rec9999"),
        ({"layout": "not-there.toml"}, "not-there.toml"),
        ({"brief_file": "not-there.toml"}, "not-there.toml"),
        ({"foreground": "not-there.png"}, "not-there.png"),
        ({"database": "nonsense://"}, "nonsense://"),
    ],
    ids=lambda v: str(v)[:40],
)
def test_an_order_that_cannot_be_followed(
    run: Run, plate: Path, tmp_path: Path, changed: dict[str, Any], words: str
) -> None:
    ended = run("collapse", plate, *arguments(out=tmp_path / "takes", **changed), "--no-preview")
    assert ended.code == 2
    assert words in ended.complaint
    assert len(ended.complaint) < 800  # ten thousand words are not said back
    takes = tmp_path / "takes"
    assert not takes.exists() or [p.name for p in takes.iterdir()] == [".work"]
    assert not [p for p in tmp_path.rglob("*") if ".part" in p.name]


@pytest.mark.parametrize("text", ["size = [[[", "hello = 1", ""])
def test_a_broken_layout_file_is_named(run: Run, plate: Path, tmp_path: Path, text: str) -> None:
    broken = tmp_path / "layout.toml"
    broken.write_text(text)
    ended = run(
        "collapse", plate, *arguments(out=tmp_path / "takes", layout=broken), "--no-preview"
    )
    assert ended.code == 2
    assert str(broken) in ended.complaint


def test_a_broken_brief_file_is_named(run: Run, plate: Path, tmp_path: Path) -> None:
    broken = tmp_path / "brief.toml"
    broken.write_text("mode = 'sideways'")
    ended = run("collapse", plate, *arguments(out=tmp_path / "takes", brief_file=broken))
    assert ended.code == 2
    assert str(broken) in ended.complaint
    assert "mode" in ended.complaint


@pytest.mark.parametrize("option", ["foreground", "clean_plate"])
def test_a_matte_or_clean_plate_of_another_shape_is_declined(
    run: Run, plate: Path, tmp_path: Path, option: str
) -> None:
    other = tmp_path / "other.png"
    Image.new("RGB", (100, 400)).save(other)
    ended = run(
        "collapse", plate, *arguments(out=tmp_path / "takes", **{option: other}), "--no-preview"
    )
    assert ended.code == 2
    assert "100x400" in ended.complaint
    assert "240x160" in ended.complaint


def test_a_matte_that_is_cut_short_is_named(run: Run, plate: Path, tmp_path: Path) -> None:
    matte = _truncated(tmp_path / "matte.jpg")
    ended = run(
        "collapse", plate, *arguments(out=tmp_path / "takes", foreground=matte), "--no-preview"
    )
    assert ended.code == 2
    assert f"{matte}: truncated" in ended.complaint


def test_a_folder_that_cannot_be_made(run: Run, plate: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = run("collapse", plate, *arguments(out=tmp_path / "file" / "takes"))
    assert ended.code == 2
    assert "--out" in ended.complaint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_must_not_be_written(run: Run, plate: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    ended = run("collapse", plate, *arguments(out=locked / "takes"))
    assert ended.code == 2
    assert "--out" in ended.complaint


# Layout, costs, clean


def test_layout_is_drawn_for_approval(run: Run, plate: Path, tmp_path: Path) -> None:
    keep = ("outline", "line", "lens", "height", "storeys", "bays", "size")
    given = arguments(out=tmp_path / "takes")
    words = [
        w
        for name, value in zip(given[::2], given[1::2], strict=True)
        if name[2:] in (*keep, "out")
        for w in (name, value)
    ]
    ended = run("layout", plate, *words)
    assert ended.code == 0, ended.err
    folder = tmp_path / "takes" / "street_layout"
    assert {p.name for p in folder.iterdir()} == {"layout.toml", "light.toml", "layout.png"}
    assert str(folder / "layout.toml") in ended.out


def test_costs_where_nothing_was_made(run: Run, tmp_path: Path) -> None:
    ended = run("costs", "--out", tmp_path / "nothing")
    assert ended.code == 2
    assert "no takes" in ended.complaint
    assert not (tmp_path / "nothing").exists()


# A shot, cut short, then finished: the real process


def _start(plate: Path, out: Path, **changed: Any) -> subprocess.Popen[str]:
    options = {"out": out, "frames": 8, "workers": 2, **changed}
    return subprocess.Popen(
        [sys.executable, "-m", "setpiece.cli", "collapse", str(plate), *arguments(**options),
         "--no-preview"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        # A suite that runs in the background ignores Ctrl-C, and its children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def _interrupt(process: subprocess.Popen[str], out: Path, sign: str) -> Ended:
    """Ctrl-C for the whole group, as a terminal sends it, once `sign` is there."""
    while process.poll() is None and not any(out.glob(sign)):
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    out_text, err_text = process.communicate()
    return Ended(process.returncode, out_text, err_text)


def test_ctrl_c_then_the_same_command_finishes(run: Run, plate: Path, tmp_path: Path) -> None:
    out = tmp_path / "takes"
    ended = _interrupt(_start(plate, out), out, ".work/.frames-*/1002.json")
    assert ended.code == 130, ended.err
    assert "Traceback" not in ended.err
    assert "goes on from there" in ended.err
    assert [p.name for p in out.iterdir()] == [".work"]
    # What the workers were writing is gone or whole: the frames that count have their JSON.
    process = _start(plate, out, workers=1)
    said, log = process.communicate()
    assert process.returncode == 0, log
    assert "Camera and building: kept from an earlier run" in log
    assert "Dust: kept from an earlier run" in log
    take = out / "show_sq010_street_collapse_v001"
    assert f"Everything is in {take}" in said.replace("\n", "") or take.name in said
    assert "plate_untouched" in said
    assert len(list((take / "exr").iterdir())) == 8
    assert not [p for p in out.rglob("*") if ".part" in p.name]

    # The same order once more is not carried out twice.
    ended = run("collapse", plate, *arguments(out=out, frames=8), "--no-preview")
    assert ended.code == 0, ended.err
    assert "carried out already" in ended.err
    assert "plate_untouched" in ended.out
    assert [p.name for p in out.glob("show_*")] == [take.name]

    ended = run("costs", "--out", out)
    assert ended.code == 0
    assert "v001" in ended.out
    table = tmp_path / "ledger" / "costs.csv"
    assert run("costs", "--out", out, "--csv", table).code == 0
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["stage"] for r in rows][-1] == "deliver"
    assert {r["version"] for r in rows} == {"1"}
    assert sum(float(r["cpu_seconds"]) for r in rows) > 0

    ended = run("clean", "--out", out)
    assert ended.code == 0
    assert not (out / ".work").exists()
    assert take.is_dir()


SCRIPT = (
    "Title: T\n\nINT. A - DAY #1#\n\nA dog barks.\n\nANA\nHello.\n\nEXT. B - NIGHT #2#\n\nRain.\n"
)


def test_a_script_is_read_written_and_compared(run: Run, tmp_path: Path) -> None:
    old, new = tmp_path / "old.fountain", tmp_path / "new.fountain"
    old.write_text(SCRIPT)
    new.write_text(SCRIPT.replace("Hello.", "Goodbye."))
    fdx, data = tmp_path / "a.fdx", tmp_path / "a.json"
    ended = run("script", "read", old, "--fdx", fdx, "--json", data, "--proposals")
    assert ended.code == 0
    for word in ("ANA", "NIGHT", "1/8", "dog", "every line was understood"):
        assert word in ended.out
    assert len(json.loads(data.read_text())["scenes"]) == 2
    back = tmp_path / "back.fountain"
    assert run("script", "read", fdx, "--fountain", back).code == 0
    assert back.read_text() == SCRIPT
    ended = run("script", "compare", old, new, "--lines", "--json", data)
    assert ended.code == 0
    assert "1 unchanged, 1 changed" in ended.out
    assert "Goodbye." in ended.out
    assert [s["status"] for s in json.loads(data.read_text())["scenes"]] == ["changed", "unchanged"]


def test_a_script_that_is_none_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.fdx").write_text("<!DOCTYPE x><FinalDraft/>")
    ended = run("script", "read", tmp_path / "a.fdx")
    assert ended.code == 2
    assert "refused" in ended.complaint

"""The package from outside: light to import, and nothing in it that belongs to one machine."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import setpiece

ROOT = Path(__file__).resolve().parents[1]
HEAVY = (
    "numba", "cv2", "scipy", "embreex", "pyoidn", "av", "pxr", "OpenEXR", "PyOpenColorIO",
    "opentimelineio", "sqlalchemy", "sklearn",
)  # fmt: skip


def _loaded(code: str) -> list[str]:
    """Heavy modules in memory after `code`, in a fresh interpreter."""
    ask = f"{code}\nimport sys; print('\\n' + ' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()


def test_importing_loads_nothing_heavy() -> None:
    assert _loaded("import setpiece") == []


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["collapse", "--help"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['setpiece', *{words!r}]\n"
        "from setpiece import cli\n"
        "try:\n    cli.main()\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert _loaded(code) == []


def test_the_doors_in_the_package_open() -> None:
    assert callable(setpiece.takes)
    with pytest.raises(AttributeError, match="wibble"):
        _ = setpiece.wibble
    assert version("setpiece") == setpiece.__version__


@pytest.mark.parametrize(
    "before", ["pass", "import setpiece.collapse.brief", "import setpiece.collapse.shot"]
)
def test_five_lines_of_python_find_the_function(before: str, tmp_path: Path) -> None:
    """`collapse` is a package too: whatever was imported before, what one gets can be called."""
    code = (
        f"{before}\n"
        "from setpiece import collapse\n"
        "import setpiece\n"
        "for call in (collapse, setpiece.collapse):\n"
        "    try:\n"
        f"        call('not-there.jpg', brief='it collapses', out={str(tmp_path)!r})\n"
        "    except Exception as error:\n"
        "        print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count("PlateError not-there.jpg: there is no such file") == 2


def test_the_type_marker_travels_with_the_package() -> None:
    assert (Path(setpiece.__file__).parent / "py.typed").is_file()


# A home, a workplace or a scratch folder of one machine; the host of a package index.
PLACES = re.compile(
    r"(?<![\w.\"'<>-])/(?:work|home/[a-z]|root|Users/[A-Za-z]|tmp/[a-z])[\w./-]*"
    r"|[\w-]*pypi[\w-]*\.[a-z]+|index-url\s*[= ]\s*http|find-links\s*[= ]\s*(?:http|/)",
)


def _tracked() -> list[Path]:
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    names = [n for n in done.stdout.split("\0") if n]
    if not names:
        pytest.skip("nothing is tracked here")
    return [ROOT / n for n in names if (ROOT / n).is_file()]


def test_no_file_names_a_place_of_one_machine() -> None:
    found = []
    for path in _tracked():
        if path == Path(__file__).resolve():
            continue
        data = path.read_bytes()
        if b"\0" in data[:4096]:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            hit = PLACES.search(line)
            if hit:
                found.append(f"{path.relative_to(ROOT)}:{number}: {hit.group(0)}")
    assert found == []


def test_the_search_for_places_finds_them() -> None:
    for line in (
        "see /work/notes", "path=/home/anna/shot", "cd /root/x", "open /Users/Bo/x",
        "files.pypi.org", "--index-url https://x", "/tmp/scratch/a.png",
    ):  # fmt: skip
        assert PLACES.search(line), line
    for line in ("--no-emit-find-links", "src/work/x", "takes/.work/fall", "a/tmp/b"):
        assert not PLACES.search(line), line


@pytest.mark.parametrize("model", sorted((ROOT / "src/setpiece/models").glob("*.onnx")))
def test_models_name_no_folder(model: Path) -> None:
    assert not re.search(rb"site-packages|\.py\b|/[a-z]+/[a-z]+/", model.read_bytes()), model

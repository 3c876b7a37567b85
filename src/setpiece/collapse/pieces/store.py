"""Fragments on disk: one compressed npz, written whole or not at all."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np

from setpiece.collapse.fragments import Bonds, Fragments
from setpiece.errors import StoreError
from setpiece.media.atomic import whole_file
from setpiece.render.scene import Mesh

_PARTS = {"mesh": Mesh, "bonds": Bonds}


def save_fragments(path: str | Path, fragments: Fragments) -> None:
    """Write fragments as npz. Raises StoreError when the folder cannot be written."""
    data: dict[str, np.ndarray] = {}
    for f in fields(Fragments):
        value = getattr(fragments, f.name)
        if f.name in _PARTS:
            for g in fields(_PARTS[f.name]):
                data[f"{f.name}.{g.name}"] = getattr(value, g.name)
        else:
            data[f.name] = value
    with whole_file(path) as part, part.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **data)


def load_fragments(path: str | Path) -> Fragments:
    """Read what save_fragments wrote. Raises StoreError for a missing or damaged file."""
    try:
        with np.load(path, allow_pickle=False) as data:
            parts = {
                name: kind(**{g.name: data[f"{name}.{g.name}"] for g in fields(kind)})
                for name, kind in _PARTS.items()
            }
            rest = {f.name: data[f.name] for f in fields(Fragments) if f.name not in _PARTS}
    except Exception as error:  # numpy and zipfile raise many kinds for damaged files
        raise StoreError(
            f"cannot read fragments from {path}: {error}; run the fracture stage again"
        ) from error
    return Fragments(**parts, **rest)

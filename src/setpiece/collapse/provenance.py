"""What a collapse take is made of, for its content credentials and its manifest."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from setpiece.collapse.dust_paint import MODEL
from setpiece.ledger.hashing import files_sha256
from setpiece.ledger.provenance import Ingredient, Provenance

if TYPE_CHECKING:
    from setpiece.collapse.shot import Stages


def provenance(s: Stages, dusty: bool) -> Provenance:
    """The plate, the camera that was matched to it, and the models that painted.

    Raises InputError where one of them cannot be read any more.
    """
    painters = models(s, dusty)
    made_from = [_plate(s.plate.path)]
    made_from.append(Ingredient.of("matchmove", s.folders["layout"] / "layout.toml"))
    name = "compositeWithTrainedAlgorithmicMedia" if painters else "compositeSynthetic"
    return Provenance(source_type=name, ingredients=(*made_from, *painters))


def models(s: Stages, dusty: bool) -> list[Ingredient]:
    """The trained models that painted parts of the take: that of the dust, in a dusty final."""
    if not dusty or s.request.quality != "final":
        return []
    with as_file(files("setpiece.models").joinpath(MODEL)) as model:
        return [Ingredient.of("model", model).model_copy(update={"path": None})]


def _plate(path: Path) -> Ingredient:
    if path.is_file():
        return Ingredient.of("plate", path)
    folder = path if path.is_dir() else path.parent
    frames = {p.name: p for p in sorted(folder.iterdir()) if p.is_file()}
    if not path.is_dir():  # plate.####.exr: the frames of that name
        stem = path.name.partition("#")[0].partition("%")[0]
        frames = {n: p for n, p in frames.items() if n.startswith(stem) and p.suffix == path.suffix}
    return Ingredient(role="plate", title=path.name[:300], sha256=files_sha256(frames))

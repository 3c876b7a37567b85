"""What a collapse take is made of, for its content credentials and its manifest."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from setpiece.collapse.dust_paint import MODEL
from setpiece.ledger.provenance import Ingredient, Provenance

if TYPE_CHECKING:
    from setpiece.collapse.shot import Stages


def provenance(s: Stages, dusty: bool) -> Provenance:
    """The plate, the camera that was matched to it, and the models that painted.

    Raises InputError where one of them cannot be read any more.
    """
    painters = models(s, dusty)
    made_from = [Ingredient.of_plate(s.plate.path)]
    made_from.append(Ingredient.of("matchmove", s.folders["layout"] / "layout.toml"))
    name = "compositeWithTrainedAlgorithmicMedia" if painters else "compositeSynthetic"
    return Provenance(source_type=name, ingredients=(*made_from, *painters))


def models(s: Stages, dusty: bool) -> list[Ingredient]:
    """The trained models that painted parts of the take: that of the dust, in a dusty final."""
    if not dusty or s.request.quality != "final":
        return []
    with as_file(files("setpiece.models").joinpath(MODEL)) as model:
        return [Ingredient.of("model", model).model_copy(update={"path": None})]

"""What a collapse take is made of, for its content credentials and its manifest."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from setpiece.collapse.dust_paint import MODEL
from setpiece.ledger.provenance import Ingredient, Provenance

if TYPE_CHECKING:
    from setpiece.collapse.shot import Stages


def provenance(s: Stages, dusty: bool) -> Provenance:
    """The plate, the camera that was matched to it, and the dust model where it painted.

    Raises InputError where one of them cannot be read any more.
    """
    made_from = [Ingredient.of_plate(s.plate.path)]
    made_from.append(Ingredient.of("matchmove", s.folders["layout"] / "layout.toml"))
    painted = dusty and s.request.quality == "final"
    if painted:
        with as_file(files("setpiece.models").joinpath(MODEL)) as model:
            made_from.append(Ingredient.of("model", model).model_copy(update={"path": None}))
    name = "compositeWithTrainedAlgorithmicMedia" if painted else "compositeSynthetic"
    return Provenance(source_type=name, ingredients=tuple(made_from))

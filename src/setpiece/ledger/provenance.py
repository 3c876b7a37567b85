"""What pictures are made of: how they came about, and from what."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from setpiece.errors import InputError
from setpiece.ledger.hashing import file_sha256, files_sha256

# IPTC NewsCodes, scheme digitalsourcetype (cv.iptc.org). The C2PA library takes any text here, and
# readers ignore what is not on the list.
SCHEME = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPES = {
    "digitalCapture": "shot with a digital camera",
    "computationalCapture": "several exposures, joined by the camera",
    "negativeFilm": "scanned from a negative",
    "positiveFilm": "scanned from a positive",
    "print": "scanned from a print",
    "humanEdits": "edited by a person without generative tools",
    "compositeWithTrainedAlgorithmicMedia": "parts made by a trained model",
    "algorithmicallyEnhanced": "enhanced by an algorithm",
    "digitalCreation": "made by a person with digital tools",
    "dataDrivenMedia": "shown from data",
    "trainedAlgorithmicMedia": "made by a trained model",
    "algorithmicMedia": "made by an algorithm that was not trained",
    "screenCapture": "captured from a screen",
    "virtualRecording": "recorded in a virtual world",
    "composite": "composed of several elements",
    "compositeCapture": "composed of captured elements",
    "compositeSynthetic": "composed of elements of which some are synthetic",
}


def source_type_uri(name: str) -> str:
    """The URI of an IPTC digital source type, given by name or URI. Raises InputError."""
    short = name.removeprefix(SCHEME).removeprefix(
        "https://cv.iptc.org/newscodes/digitalsourcetype/"
    )
    if short in SOURCE_TYPES:
        return SCHEME + short
    near = get_close_matches(short, SOURCE_TYPES, 1, 0.6)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(SOURCE_TYPES)}."
    raise InputError(f"{name[:80]!r} is not an IPTC digital source type. {hint}")


class Ingredient(BaseModel):
    """Something that pictures were made from, known by its content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["plate", "model", "matchmove", "other"]
    title: str = Field(min_length=1, max_length=300)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    path: Path | None = Field(None, exclude=True)

    @staticmethod
    def of(role: Literal["plate", "model", "matchmove", "other"], path: Path) -> Ingredient:
        """The ingredient that a file is. Raises InputError where it cannot be read."""
        return Ingredient(role=role, title=path.name[:300], sha256=file_sha256(path), path=path)

    @staticmethod
    def of_plate(path: Path) -> Ingredient:
        """The plate that a file, a numbered sequence (pattern or folder) or a movie is.

        Raises InputError where it cannot be read.
        """
        if path.is_file():
            return Ingredient.of("plate", path)
        folder = path if path.is_dir() else path.parent
        frames = {p.name: p for p in sorted(folder.iterdir()) if p.is_file()}
        if not path.is_dir():  # plate.####.exr: the frames of that name
            stem = path.name.partition("#")[0].partition("%")[0]
            frames = {
                n: p for n, p in frames.items() if n.startswith(stem) and p.suffix == path.suffix
            }
        return Ingredient(role="plate", title=path.name[:300], sha256=files_sha256(frames))


class Provenance(BaseModel):
    """How a take came about: the IPTC digital source type (its URI) and its ingredients."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_type: str
    ingredients: tuple[Ingredient, ...] = ()

    @field_validator("source_type")
    @classmethod
    def _on_the_list(cls, value: str) -> str:
        try:
            return source_type_uri(value)
        except InputError as error:
            raise ValueError(str(error)) from None

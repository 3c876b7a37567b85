"""A brief on disk: TOML with a line of help beside every field."""

from __future__ import annotations

from pathlib import Path

import tomlkit

from setpiece.collapse.brief import Brief, Mode, Side
from setpiece.errors import BriefError
from setpiece.media.toml_file import read_toml, write_toml

_SIDES = ", ".join(Side)
_HELP = {
    "text": "what was asked; editing this line changes nothing, the fields below do",
    "language": "of the text",
    "start": "seconds after the first frame until something gives way, 0 to 600",
    "mode": ", ".join(Mode),
    "then": f"what follows on the way down, if anything: {', '.join(Mode)}",
    "failure_side": f"where it fails, seen from the camera: {_SIDES}",
    "failure_storeys": "0 is the ground floor, -1 the top one; [] lets the mode choose",
    "direction": "which way it falls; centre is straight down",
    "spread": "how fast the failure runs through the building [m/s]; without it, the mode's own",
    "dust": "0 none, 1 normal, 2 heavy, 3 very heavy",
    "wind_from": f"where the wind comes from: {_SIDES}",
    "wind_speed": "[m/s], 0 to 40",
    "debris": "0 none, 1 normal, 2 a lot, 3 most",
    "shake": "of the camera when the mass lands: 0 none, 1 normal, 2 strong",
    "slow": "1 is real time, 0.5 half speed; 0.1 to 1",
    "not_understood": "words of the text that could not be used",
}


def write(brief: Brief, path: Path) -> None:
    """Write a brief; the file appears whole or not at all. Raises StoreError."""
    document = tomlkit.document()
    document.add(tomlkit.comment("The brief of this take. Edit it and run again."))
    for name, value in brief.model_dump(mode="json").items():
        document.add(tomlkit.nl())
        document.add(tomlkit.comment(_HELP[name]))
        if value is None:
            example = 30.0 if name == "spread" else Mode.FOLD.value
            document.add(tomlkit.comment(tomlkit.item({name: example}).as_string().strip()))
        else:
            document.add(name, value)
    write_toml(document, path)


def read(path: Path) -> Brief:
    """Read a brief and check every field."""
    from setpiece.collapse.brief_reader import validated

    fields = read_toml(path, BriefError, "the brief.toml of a take")
    return validated(fields, str(path))

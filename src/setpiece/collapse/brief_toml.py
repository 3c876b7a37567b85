"""A brief on disk: TOML with a line of help beside every field."""

from __future__ import annotations

import os
from pathlib import Path

import tomlkit
from tomlkit.exceptions import ParseError

from setpiece.collapse.brief import Brief, Mode, Side
from setpiece.errors import BriefError

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
_MOST_BYTES = 100_000


def write(brief: Brief, path: Path) -> None:
    """Write a brief; the file appears whole or not at all."""
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
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(tomlkit.dumps(document), encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BriefError(
            f"{path}: cannot be written ({error.strerror}); check the folder"
        ) from error


def read(path: Path) -> Brief:
    """Read a brief and check every field."""
    from setpiece.collapse.brief_reader import validated

    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BriefError(f"{path}: too large to be a brief; give the file a take wrote")
        fields = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    except OSError as error:
        raise BriefError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise BriefError(f"{path}: not a text file; give the brief.toml a take wrote") from error
    except (ParseError, ValueError) as error:
        raise BriefError(f"{path}: not TOML: {error}; mend that line") from error
    return validated(fields, str(path))

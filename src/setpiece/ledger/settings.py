"""A TOML file of a studio's own (policy, estimate) as a checked model: hostile until it is read."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from setpiece.errors import InputError

LARGEST = 1_000_000  # bytes
Model = TypeVar("Model", bound=BaseModel)


def read_settings(path: Path, model: type[Model], what: str) -> Model:
    """`path` as a `model`, whose field `sha256` gets the hash of the file.

    what: the kind of file, for the message. Raises InputError that names the file and what is wrong
    in it.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise InputError(f"{path}: is larger than {LARGEST} bytes; that is no {what}.")
        values = tomllib.loads(data.decode("utf-8"))
        values["sha256"] = hashlib.sha256(data).hexdigest()
        return model.model_validate(values)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text, as TOML must be.") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not TOML: {error}.") from error
    except ValidationError as error:
        wrong = error.errors()[0]
        place = ".".join(str(p) for p in wrong["loc"])
        reason = wrong["msg"].removeprefix("Value error, ")
        raise InputError(f"{path}: {place + ': ' if place else ''}{reason}.") from error
    except RecursionError as error:
        raise InputError(f"{path}: is nested too deeply.") from error

"""Everything that can go wrong, in one tree.

SetpieceError
├── InputError            what was given cannot be used: the message names it and says what to do
│   ├── PlateError        a plate is missing, truncated, empty, too large or not a picture
│   ├── BriefError        the words of a brief contradict one another or are not a brief
│   ├── LayoutError       strokes or a layout file that describe no building
│   ├── NoBuilding        the plate shows no building worth collapsing
│   └── ScriptError       a screenplay that cannot be read, or is none
├── StageError            a stage could not do its work on valid input (the shot stops, cleanly)
├── NotCleared            a consent or an approval is missing: the message says which
├── StoreError            the show's database or a take's folder cannot be read or written
└── MissingExtra          an optional package is needed: the message gives the pip command
"""

from __future__ import annotations


class SetpieceError(Exception):
    """Base of every error that Setpiece raises on purpose.

    The message is written for the artist: what was wrong, where, what to do.
    """


class InputError(SetpieceError):
    """Something that was given to us cannot be used."""


class PlateError(InputError):
    """A plate is missing, truncated, empty, too large, or not a picture."""


class BriefError(InputError):
    """A brief contradicts itself, or is not a brief."""


class LayoutError(InputError):
    """Strokes or a layout file that describe no building."""


class NoBuilding(InputError):
    """The plate shows no building that could be collapsed."""


class ScriptError(InputError):
    """A screenplay that cannot be read, or a file that is none."""


class StageError(SetpieceError):
    """A stage could not do its work although its input was valid."""


class NotCleared(SetpieceError):
    """A consent or an approval that is needed is missing; the message says which."""


class StoreError(SetpieceError):
    """The show's database or a take's folder cannot be read or written."""


class MissingExtra(SetpieceError):
    """An optional package is needed; the message gives the command that installs it."""

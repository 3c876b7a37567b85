"""Where work runs: this machine."""

from setpiece.farm.local import map_frames
from setpiece.farm.meter import Meter, Usage
from setpiece.farm.stages import (
    Quiet,
    StageDesk,
    StageRecord,
    Watcher,
    hash_file,
    hash_source,
    key_of,
)

__all__ = [
    "Meter",
    "Quiet",
    "StageDesk",
    "StageRecord",
    "Usage",
    "Watcher",
    "hash_file",
    "hash_source",
    "key_of",
    "map_frames",
]

"""Takes on record, with costs that are easy to add up."""

from __future__ import annotations

from pathlib import Path

from setpiece.ledger import Entry, PlateFacts, Rate, StageCost, leave_entry, settle
from setpiece.show import Store, slug


def made(
    store: Store, root: Path, *, show: str = "eternal", shot: str = "sh020", version: int = 1,
    task: str = "collapse", currency: str = "USD", size: str = '"size": [1280, 720]',
) -> str:  # fmt: skip
    """A take of one hour on the wall and two of CPU, at 1 an hour; its name."""
    name = f"{slug(show)}_sq010_{slug(shot)}_{task}_v{version:03d}"
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "take.json").write_text('{"frames": "1001-1096", ' + size + "}")
    stages = [StageCost("fall", 1200.0, 1800.0, 500.0), StageCost("frames", 2400.0, 5400.0, 700.0),
              StageCost("dust", 99.0, 99.0, 1.0, reused=True)]  # fmt: skip
    plate = PlateFacts(path="h.jpg", sha256="0" * 64, width=640, height=480, frames=1, fps="24",
                       colorspace="sRGB")  # fmt: skip
    leave_entry(
        Entry(show=show, sequence="sq010", shot=shot, task=task, version=version, brief="x", seed=7,
              plate=plate, stages=stages, rate=Rate(per_core_hour=1.0, currency=currency)),
        folder,
    )  # fmt: skip
    settle(store, folder)
    return name

"""One clip, one consent, one take: an actor made younger, from Python.

    python examples/deage_clip.py clip.mov ana.jpg --name "Ana Ruiz" --age 62 --years 20

records a consent that covers exactly this (in earnest: what the person signed, see docs/ledger.md),
makes the take and prints what it measured on itself. Bring a clip and a photograph of your own:
faces of real people are not part of this repository.
"""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path

from setpiece.deage.brief import check
from setpiece.deage.shot import deage
from setpiece.ledger.consent import give, today
from setpiece.ledger.hashing import file_sha256
from setpiece.ledger.keys import open_key
from setpiece.ledger.scope import Likeness, Scope
from setpiece.show import TakeResult, open_store


def make(clip: Path, photo: Path, name: str, age: int, years: int, out: Path) -> TakeResult:
    """Record a consent for one scene, then carry it out."""
    out.mkdir(parents=True, exist_ok=True)
    scope = Scope(
        uses=(Likeness.DEAGEING,), scenes=("12",), youngest=age - years, oldest=age,
        until=today() + timedelta(days=30),
    )  # fmt: skip
    give(
        open_store(out / "show.db"), name, "example", scope, key=open_key(), signed_by=name,
        reference=(str(photo.resolve()), file_sha256(photo)),
    )  # fmt: skip
    order = check(clip, [name], [str(years)], [str(age)], show="example", scene="12")
    return deage(order, out=out)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("photo", type=Path)
    parser.add_argument("--name", default="Ana Ruiz")
    parser.add_argument("--age", type=int, default=62)
    parser.add_argument("--years", type=int, default=20)
    parser.add_argument("--out", type=Path, default=Path("takes"))
    a = parser.parse_args()
    take = make(a.clip, a.photo, a.name, a.age, a.years, a.out)
    for name, found in take.checks.items():
        print(f"{name:16} {'holds' if found['ok'] else 'FAILS'}  {found['value']:.4g}")
    print(take.folder)


if __name__ == "__main__":
    main()

"""See a script as boards: shot list, panels, and a page to flip through.

    python examples/boards.py                       # the last scene of the script beside it
    python examples/boards.py my.fdx --scenes 12-14 --out boards

prints each shot with the reason that it is there, and where to look.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from setpiece.previs.make import previs
from setpiece.previs.model import Boards
from setpiece.previs.request import check


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    own = Path(__file__).with_name("tower.fountain")
    parser.add_argument("script", type=Path, nargs="?", default=own)
    parser.add_argument("--scenes", default=None)
    parser.add_argument("--style", default="ink")
    parser.add_argument("--out", type=Path, default=Path("boards"))
    given = parser.parse_args(words)

    scenes = given.scenes or ("4" if given.script == own else None)
    order = check(given.script, scenes=scenes, style=given.style, animatic=False)
    take = previs(order, out=given.out, workers=1)
    boards = Boards.model_validate_json((take.folder / "boards.json").read_bytes())
    for shot in boards.shots:
        print(f"{shot.id}  {shot.size} {shot.type}, {shot.seconds:.1f} s: {shot.reason}")
    for name, fact in take.checks.items():
        print(f"{name}: {'holds' if fact['ok'] else 'fails'}")
    print(f"Flip through {take.folder / 'flip.html'}")


if __name__ == "__main__":
    main()

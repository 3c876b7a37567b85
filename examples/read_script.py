"""Read a screenplay and say what a first assistant director asks first.

    python examples/read_script.py                                 # the script beside this file
    python examples/read_script.py my.fdx --revised my_blue.fdx

prints the scenes by place and time of day, with pages and cast; what the action lines may ask
for; and, with --revised, what the revision changed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from setpiece.script import Screenplay, compare, read_script
from setpiece.script.eighths import pages


def by_place(script: Screenplay) -> None:
    """Scenes that could be shot together: the first draft of a schedule."""
    order = sorted(script.scenes, key=lambda s: (s.place, s.time, s.position))
    for scene in order:
        cast = ", ".join((*scene.speaking, *scene.silent)) or "nobody named"
        where = f"{scene.setting} {scene.place}, {scene.time or 'time not said'}"
        print(f"{where}: scene {scene.number or scene.position}, {pages(scene.eighths)}, {cast}")


def to_confirm(script: Screenplay) -> None:
    for scene in script.scenes:
        for proposal in scene.proposals:
            print(f"  {scene.number or scene.position}: {proposal.item} ({proposal.category})?")


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    own = Path(__file__).with_name("tower.fountain")
    parser.add_argument("script", type=Path, nargs="?", default=own)
    parser.add_argument("--revised", type=Path)
    given = parser.parse_args(words)

    script = read_script(given.script)
    print(f"{script.title}: {len(script.scenes)} scenes, {pages(script.eighths)} pages")
    by_place(script)
    print("To confirm:")
    to_confirm(script)
    for remark in script.report:
        print(f"Line {remark.line}: {remark.what}")
    if given.revised:
        for scene in compare(script, read_script(given.revised)).scenes:
            print(f"{scene.status}: {scene.heading} {'; '.join(scene.changes)}")


if __name__ == "__main__":
    main()

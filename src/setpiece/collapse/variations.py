"""Several quick, different takes of one brief, side by side, for a director to choose from."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from setpiece.collapse.brief import Brief, Mode, Side, save_brief
from setpiece.collapse.request import Request
from setpiece.collapse.shot import collapse, plan
from setpiece.errors import InputError
from setpiece.farm import StageDesk, Watcher
from setpiece.media.colour import to_display
from setpiece.media.exr import read_exr
from setpiece.media.sheet import contact_sheet, save_jpeg
from setpiece.show import TakeResult, slug

FRAMES, FPS = 42, 12  # three and a half seconds, enough to judge a fall by
SIZE, PIECES = (480, 270), 280
MOMENTS = (0.3, 0.45, 0.6, 0.75, 0.95)


@dataclass(frozen=True)
class Variation:
    """One quick take: its brief in words, its result and the command that finishes it."""

    label: str
    words: str
    brief: Path
    take: TakeResult
    command: str


@dataclass(frozen=True)
class TakeSheet:
    """The contact sheet and what is on it, a row each."""

    picture: Path
    takes: list[Variation]


def takes(
    plate: str | Path,
    brief: str = "",
    *,
    n: int = 6,
    seed: int = 7,
    out: str | Path = "takes",
    watcher: Watcher | None = None,
    workers: int | None = None,
    **options: Any,
) -> TakeSheet:
    """Make `n` small takes that differ in mode, side, speed, dust and seed; the first is the brief.

    options: fields of `collapse.request.Request`. Raises as `collapse` does.
    """
    if not 1 <= n <= 24:
        raise InputError(f"--n {n}: from 1 to 24 takes fit on a sheet.")
    out = Path(out)
    request = Request.check(plate=Path(plate), brief=brief, **options)
    stages = plan(request, StageDesk(out / ".work", watcher))
    briefs = vary(stages.brief, n, seed)
    folder = out / f"{slug(request.shot_name)}_takes"
    folder.mkdir(parents=True, exist_ok=True)
    # What was drawn is settled once: every quick take, and the one that is finished, stand on it.
    for name in ("layout.toml", "light.toml", "layout.png"):
        shutil.copyfile(stages.folders["layout"] / name, folder / name)
    options["layout"] = folder / "layout.toml"
    kept = {
        "layout": folder / "layout.toml", "foreground": request.foreground,
        "clean_plate": request.clean_plate, "colorspace": request.colorspace, "out": out,
    }  # fmt: skip
    said = " ".join(
        f"--{name.replace('_', '-')} {shlex.quote(str(value))}"
        for name, value in kept.items()
        if value is not None
    )
    made: list[Variation] = []
    tiles: list[tuple[str, np.ndarray]] = []
    for i, (changed, its_seed) in enumerate(briefs):
        label = chr(ord("A") + i)
        path = folder / f"{label}.toml"
        save_brief(changed, path)
        take = collapse(
            plate,
            out=folder / "quick",
            watcher=watcher,
            workers=workers,
            again=False,
            brief_file=path,
            **{
                **options, "frames": FRAMES, "fps": FPS, "size": SIZE, "fragments": PIECES,
                "quality": "draft", "seed": its_seed, "shot": f"{request.shot_name}-{label}",
            },
        )  # fmt: skip
        for moment in MOMENTS:
            frame = round(moment * (FRAMES - 1))
            exr = take.folder / "exr" / f"{take.folder.name}.{1001 + frame}.exr"
            pixels = read_exr(exr, layers=("rgba",))["rgba"][..., :3].astype(np.float32)
            tiles.append((f"{label}   {frame / FPS:.1f} s", to_display(pixels)))
        command = (
            f"setpiece collapse {shlex.quote(str(plate))} "
            f"--brief-file {shlex.quote(str(path))} --seed {its_seed} {said}"
        )
        made.append(Variation(label, changed.words(), path, take, command))
    picture = folder / "takes.jpg"
    save_jpeg(
        picture, contact_sheet(tiles, columns=len(MOMENTS), title=f"{request.shot_name}: {n} takes")
    )
    return TakeSheet(picture, made)


def vary(brief: Brief, n: int, seed: int) -> list[tuple[Brief, int]]:
    """`n` (brief, seed): the brief itself, then others that a director might have meant.

    What the words fixed stays (start, wind); how it comes down, where from, how fast, and how much
    dust are turned one after the other.
    """
    rng = np.random.default_rng([seed & 0x7FFFFFFF, 31])
    sides = [Side.LEFT, Side.RIGHT, Side.FRONT, Side.CENTRE]
    modes = [m for m in Mode if m != brief.mode]
    rng.shuffle(modes)  # type: ignore[arg-type]
    out = [(brief, seed)]
    for i in range(1, n):
        change: dict[str, Any] = {"text": "", "not_understood": ()}
        if i % 3 != 0 or not modes:
            change["mode"] = modes[(i - 1) % len(modes)]
            change["then"] = None
        side = sides[int(rng.integers(len(sides)))]
        if change.get("mode", brief.mode) in (Mode.TOPPLE, Mode.PROGRESSIVE, Mode.PARTIAL):
            side = side if side != Side.CENTRE else Side.LEFT
            change["direction"] = change["failure_side"] = side
        else:
            change["direction"], change["failure_side"] = Side.CENTRE, Side.ALL
            change["failure_storeys"] = ()
        if brief.dust > 0:
            change["dust"] = float(np.clip(brief.dust * rng.choice([0.6, 1.0, 1.5]), 0.3, 3.0))
        made = brief.model_copy(update=change)
        for _ in range(20):  # a director wants another take, not the same one again
            if all(_orders(made) != _orders(b) for b, _seed in out) or made.dust <= 0:
                break
            dust = float(np.clip(brief.dust * rng.uniform(0.4, 1.8), 0.3, 3.0))
            made = made.model_copy(update={"dust": dust})
        out.append((made, (seed + i) % 2**31))
    return out


def _orders(brief: Brief) -> dict[str, Any]:
    """What a brief asks for, whatever its words were."""
    return brief.model_dump(exclude={"text", "not_understood", "language"})

"""A small film of our own making: panels with plain pictures, for what shows boards."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from setpiece.media.burnin import font
from setpiece.previs.storyboard import Panel, Sound, Speech, Storyboard

WORDS = "It has leaned for six hundred years, and it will lean for six hundred more."
SIZES = ("ELS", "MS", "MCU", "CU", "OTS")


def film(folder: Path, scenes: int = 3, shots: int = 4, **changes: object) -> Storyboard:
    """Boards of `scenes` x `shots` panels whose pictures lie in `folder`."""
    (folder / "panels").mkdir(parents=True, exist_ok=True)
    panels = []
    for scene in range(1, scenes + 1):
        for shot in range(shots):
            name = f"{scene}{chr(65 + shot)}"
            picture = f"panels/{name}.jpg"
            _picture(folder / picture, name)
            talks = shot % 2 == 1
            panels.append(
                Panel(
                    number=len(panels) + 1, scene=str(scene),
                    slugline=f"EXT. MARKET SQUARE {scene} - DAY", shot=name,
                    name=f"{name} single INES" if talks else f"{name} master",
                    size=SIZES[shot % 5], kind="single" if talks else "master", lens="50 mm",
                    move="pan" if shot == 0 else "static",
                    people=("INES",) if talks else ("INES", "TOMÁS"),
                    action="" if talks else "Stalls, pigeons, a CROWD of shoppers. A bell rings.",
                    speeches=(Speech("INES" if shot == 1 else "TOMÁS", WORDS, 0.2, 5.0),)
                    if talks else (),
                    sounds=() if talks else (Sound("bell", 1.0, 2.0, "bell"),),
                    frames=132 if talks else 72, picture=picture,
                    reason="Single on the speaker: the first long speech of the scene.",
                    edited=shot == 2, flags=("check eyeline",) if shot == 3 else (),
                    changed=("cast in: TOMÁS",) if scene == 2 and shot == 0 else (),
                )
            )  # fmt: skip
    made = Storyboard(
        "The Tower", "The Setpiece authors", "2026-11-28", "v001", Fraction(24), "2.39",
        tuple(panels),
    )  # fmt: skip
    from dataclasses import replace

    return replace(made, **changes)  # type: ignore[arg-type]


def _picture(path: Path, name: str) -> None:
    shades = np.linspace(0.95, 0.7, 270, dtype=np.float32)[:, None, None] * 255
    image = Image.fromarray(np.broadcast_to(shades, (270, 480, 3)).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 459, 249), outline=(20, 20, 20), width=2)
    draw.text((240, 135), name, font=font(80), fill=(20, 20, 20), anchor="mm")
    image.save(path, quality=90)

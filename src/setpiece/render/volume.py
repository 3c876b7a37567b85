"""Dust in the picture: a volume, its light, and the passes that the comp takes.

`light_volume` works out how much sun and sky reaches every cell, `march` looks through it along
the camera's rays. Both are cheap enough for a frame in a few seconds of one core.
"""

from __future__ import annotations

from setpiece.render.volume_light import LitVolume, Volume, light_volume, sun_transmittance
from setpiece.render.volume_march import VolumePasses, in_light, march, transport

__all__ = [
    "LitVolume",
    "Volume",
    "VolumePasses",
    "compile_kernels",
    "in_light",
    "light_volume",
    "march",
    "sun_transmittance",
    "transport",
]


def compile_kernels() -> None:
    """Compile the kernels of lighting and marching."""
    from setpiece.render import volume_light, volume_march

    volume_light.compile_kernels()
    volume_march.compile_kernels()

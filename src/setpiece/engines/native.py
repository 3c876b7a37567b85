"""Our own pictures, and the door to the others."""

from __future__ import annotations

from pathlib import Path

from setpiece.engines.guides import F32, Engine, Guides
from setpiece.errors import InputError

ENGINES = ("native", "diffusers", "comfyui")


class Native:
    """The drawn panel as it is."""

    name = "native"

    def key(self) -> str:
        return "native"

    def draw(self, guides: Guides) -> F32:
        return guides.picture


def open_engine(
    name: str,
    *,
    server: str | None = None,
    workflow: Path | None = None,
    model: str | None = None,
    timeout: float = 300.0,
) -> Engine:
    """The engine of a name.

    server: address of ComfyUI. workflow: its API-format JSON, or None for ours. model: a
    checkpoint's name (comfyui) or a folder or name of a pipeline (diffusers). timeout: for one
    picture [s].

    Raises InputError where the name or what goes with it cannot be used, and MissingExtra.
    """
    if name == "native":
        return Native()
    if name == "comfyui":
        from setpiece.engines.comfyui import ComfyUI

        return ComfyUI(
            server or "http://127.0.0.1:8188", workflow=workflow, model=model, timeout=timeout
        )
    if name == "diffusers":
        from setpiece.engines.diffusers import Diffusers

        return Diffusers(model)
    raise InputError(f"--engine {name[:40]!r}: there are {', '.join(ENGINES)}.")

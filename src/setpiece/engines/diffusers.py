"""A control-network pipeline of the diffusers library, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from setpiece.engines.guides import F32, Guides, depth_picture, line_picture
from setpiece.engines.returned import fitted
from setpiece.errors import InputError, MissingExtra, StageError

STEPS = 22
_PROMPT = "film storyboard panel, ink and wash, "
_AGAINST = "text, caption, watermark, signature, extra people"


class Diffusers:
    """A pipeline saved by diffusers with one ControlNet (depth) or two (depth, line).

    Nothing is downloaded: `model` is a folder with a `model_index.json`.
    """

    name = "diffusers"

    def __init__(self, model: str | None, *, steps: int = STEPS) -> None:
        """Raises MissingExtra without the libraries, InputError where the folder is no such one."""
        try:
            import diffusers
            import torch
        except ImportError as error:
            raise MissingExtra(
                "--engine diffusers needs torch and diffusers: pip install 'setpiece[diffusers]'"
            ) from error
        folder = Path(model or "")
        if not model or not (folder / "model_index.json").is_file():
            raise InputError(
                f"--model {model or ''!r}: give the folder of a ControlNet pipeline that diffusers "
                "saved (with model_index.json)."
            )
        try:
            self._pipe: Any = diffusers.DiffusionPipeline.from_pretrained(
                str(folder), local_files_only=True
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"--model {folder}: diffusers cannot open it ({error}).") from error
        nets = getattr(self._pipe, "controlnet", None)
        if nets is None:
            raise InputError(
                f"--model {folder}: is no pipeline that takes depth or lines ("
                f"{type(self._pipe).__name__})."
            )
        self._nets = len(getattr(nets, "nets", (nets,)))
        self._pipe.to("cuda" if torch.cuda.is_available() else "cpu")
        self._pipe.set_progress_bar_config(disable=True)
        self._steps = steps
        self._key = f"diffusers {_fingerprint(folder)} {steps}"

    def key(self) -> str:
        return self._key

    def draw(self, guides: Guides) -> F32:
        """See `Engine`. Raises StageError: out of memory, or no usable picture."""
        import torch
        from PIL import Image

        shown = [depth_picture(guides.depth), line_picture(guides.line)][: self._nets]
        # latents are eighths: the nearest size that they can make, brought back afterwards
        width, height = (max((s + 4) // 8 * 8, 64) for s in guides.size)
        control = [Image.fromarray(p).resize((width, height)) for p in shown]
        try:
            made = self._pipe(
                prompt=_PROMPT + guides.words, negative_prompt=_AGAINST,
                image=control if self._nets > 1 else control[0], width=width, height=height,
                num_inference_steps=self._steps,
                generator=torch.Generator("cpu").manual_seed(guides.seed),
            )  # fmt: skip
        except (RuntimeError, ValueError, TypeError) as error:
            raise StageError(f"diffusers: {str(error)[:300]}") from error
        picture = made.images[0].convert("RGB").resize(guides.size, Image.Resampling.LANCZOS)
        return fitted(np.asarray(picture), guides.size, "diffusers")


def _fingerprint(folder: Path) -> str:
    """Names, sizes and times: hashing gigabytes of weights for a cache's key would take minutes."""
    from setpiece.farm import key_of

    return key_of(
        [
            (str(p.relative_to(folder)), p.stat().st_size, p.stat().st_mtime_ns)
            for p in sorted(folder.rglob("*"))
            if p.is_file()
        ]
    )

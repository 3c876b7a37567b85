"""A ComfyUI server: our guides up, a workflow in API format queued, a picture back.

Routes as ComfyUI documents them: /upload/image, /prompt, /history/ID, /view, /queue.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from contextlib import suppress
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.engines.guides import F32, Guides, depth_picture, line_picture, normal_picture
from setpiece.engines.http import Server
from setpiece.engines.returned import as_picture
from setpiece.errors import InputError, SetpieceError, StageError
from setpiece.media.burnin import to_bytes

GUIDES = ("%panel%", "%depth%", "%normal%", "%line%")
POLL = 0.5  # seconds between two looks at the queue


class ComfyUI:
    """The engine. In the workflow `%panel%`, `%depth%`, `%normal%`, `%line%` stand for file names
    on the server (LoadImage), `%prompt%` for words, `%seed%`, `%width%`, `%height%` for numbers and
    `%model%` for the checkpoint.
    """

    name = "comfyui"

    def __init__(
        self,
        address: str,
        *,
        workflow: Path | None = None,
        model: str | None = None,
        timeout: float = 300.0,
        poll: float = POLL,
    ) -> None:
        """Raises InputError: no address, or a workflow that cannot be used."""
        self._server = Server(address, "--server")
        self._workflow = read_workflow(workflow)
        self._model = model or "v1-5-pruned-emaonly.safetensors"
        self._timeout = timeout
        self._poll = poll
        self._client = uuid.uuid4().hex

    def key(self) -> str:
        text = json.dumps([self._workflow, self._model], sort_keys=True)
        return f"comfyui {hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def draw(self, guides: Guides) -> F32:
        """See `Engine`. Raises StageError: unreachable, refused, failed, too slow, no picture."""
        ends = time.monotonic() + self._timeout
        values: dict[str, Any] = {
            "%prompt%": guides.words, "%seed%": guides.seed, "%model%": self._model,
            "%width%": guides.size[0], "%height%": guides.size[1],
        }  # fmt: skip
        wanted = json.dumps(self._workflow)
        for mark in GUIDES:
            if mark in wanted:
                values[mark] = self._send(mark, _guide(guides, mark), ends)
        queued = self._server.post_json(
            "/prompt",
            {"prompt": filled(self._workflow, values), "client_id": self._client},
            timeout=self._left(ends),
        )
        ticket = queued.get("prompt_id") if isinstance(queued, dict) else None
        if not isinstance(ticket, str) or not ticket.replace("-", "").isalnum():
            raise StageError(f"{self._server.base}/prompt took the workflow but gave no prompt_id")
        try:
            shown = self._wait(ticket, ends)
        except BaseException:
            # Nobody waits for it any more: take it out of the queue. What runs already may be
            # somebody else's by now, so nothing is interrupted.
            with suppress(SetpieceError):
                self._server.post_json("/queue", {"delete": [ticket]}, timeout=2)
            raise
        data = self._server.get("/view", shown, timeout=self._left(ends))
        return as_picture(data, guides.size, self._server.base)

    def _send(self, mark: str, pixels: NDArray[np.uint8], ends: float) -> str:
        from PIL import Image

        buffer = BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
        data = buffer.getvalue()
        name = f"setpiece_{mark.strip('%')}_{hashlib.sha256(data).hexdigest()[:16]}.png"
        told = self._server.post_file(
            "/upload/image", "image", name, data, {"overwrite": "true", "type": "input"},
            timeout=self._left(ends),
        )  # fmt: skip
        if not isinstance(told, dict) or not isinstance(told.get("name"), str):
            raise StageError(f"{self._server.base}/upload/image did not say where the guide went")
        folder = told.get("subfolder") or ""
        return f"{folder}/{told['name']}" if folder else told["name"]

    def _wait(self, ticket: str, ends: float) -> dict[str, str]:
        """Where the picture lies, once it is made."""
        while True:
            told = self._server.get_json(f"/history/{ticket}", timeout=self._left(ends))
            entry = told.get(ticket) if isinstance(told, dict) else None
            if isinstance(entry, dict):
                found = _picture_of(entry)
                if found is not None:
                    return found
                if (why := _failure(entry)) is not None:
                    raise StageError(f"{self._server.base}: the workflow failed: {why}")
            time.sleep(min(self._poll, self._left(ends)))

    def _left(self, ends: float) -> float:
        left = ends - time.monotonic()
        if left <= 0:
            raise StageError(
                f"{self._server.base} made no picture within {self._timeout:g} s; give it longer "
                "(--engine-timeout) or a lighter workflow"
            )
        return left


def read_workflow(path: Path | None) -> dict[str, Any]:
    """A workflow in API format, or ours. Raises InputError where it is not one we can drive."""
    if path is None:
        text = files("setpiece.engines").joinpath("comfyui_panel.json").read_text("utf-8")
    else:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"--workflow {path}: cannot be read ({error}).") from error
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"--workflow {path}: is no JSON ({error}).") from error
    if isinstance(found, dict) and "nodes" in found and "links" in found:
        raise InputError(
            f"--workflow {path}: is the editor's own format; export it with "
            "'Save (API Format)' / 'Export (API)' in ComfyUI."
        )
    if not isinstance(found, dict) or not all(
        isinstance(n, dict) and isinstance(n.get("class_type"), str) for n in found.values()
    ):
        raise InputError(f"--workflow {path}: is no workflow in ComfyUI's API format.")
    if not any(mark in text for mark in GUIDES):
        raise InputError(
            f"--workflow {path}: uses none of our guides; put one of {', '.join(GUIDES)} where a "
            "LoadImage node names its file."
        )
    return found


def filled(value: Any, values: dict[str, Any]) -> Any:
    """The workflow with marks replaced: a text that is a mark becomes the value with its type."""
    if isinstance(value, dict):
        return {k: filled(v, values) for k, v in value.items()}
    if isinstance(value, list):
        return [filled(v, values) for v in value]
    if not isinstance(value, str):
        return value
    if value in values:
        return values[value]
    words = values.get("%prompt%", "")
    return value.replace("%prompt%", words) if "%prompt%" in value else value


def _guide(guides: Guides, mark: str) -> NDArray[np.uint8]:
    if mark == "%depth%":
        return depth_picture(guides.depth)
    if mark == "%normal%":
        return normal_picture(guides.normal)
    return line_picture(guides.line) if mark == "%line%" else to_bytes(guides.picture)


def _picture_of(entry: dict[str, Any]) -> dict[str, str] | None:
    """The first saved picture; previews of the workflow only where nothing is saved."""
    outputs = entry.get("outputs")
    found = []
    for node in outputs.values() if isinstance(outputs, dict) else ():
        for image in node.get("images", ()) if isinstance(node, dict) else ():
            if isinstance(image, dict) and isinstance(image.get("filename"), str):
                kind = str(image.get("type", "output"))
                found.append((kind != "output", image["filename"], image))
    if not found:
        return None
    _, name, image = min(found, key=lambda f: f[:2])
    return {
        "filename": name, "subfolder": str(image.get("subfolder", "")),
        "type": str(image.get("type", "output")),
    }  # fmt: skip


def _failure(entry: dict[str, Any]) -> str | None:
    status = entry.get("status")
    if not isinstance(status, dict):
        return None
    for message in status.get("messages", ()):
        if isinstance(message, list) and message and message[0] == "execution_error":
            told = message[1] if len(message) > 1 and isinstance(message[1], dict) else {}
            return f"{told.get('node_type', 'a node')}: {told.get('exception_message', '')}"[:300]
    if status.get("status_str") == "error":
        return "it says no more than that"
    if status.get("completed"):
        return "it ran through without saving a picture; end it in a SaveImage node"
    return None

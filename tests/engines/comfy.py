"""A small server that answers as ComfyUI does, and can be told to misbehave."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image


class FakeComfy:
    """`wrong` names what goes wrong; what it was sent is kept.

    Its picture is the depth guide, inverted, at the size that the workflow asks for.
    """

    def __init__(self, wrong: str = "") -> None:
        self.wrong = wrong
        self.files: dict[str, bytes] = {}
        self.queued: list[dict[str, Any]] = []
        self.deleted: list[str] = []
        self.looks = 0

    def picture(self) -> bytes:
        if self.wrong == "text instead of a picture":
            return b"<html>sorry</html>"
        sampled = {n["class_type"]: n["inputs"] for n in self.queued[-1]["prompt"].values()}
        size = sampled["EmptyLatentImage"]["width"], sampled["EmptyLatentImage"]["height"]
        if self.wrong == "square":
            size = (256, 256)
        if self.wrong == "multiple of 8":
            size = (size[0] // 8 * 8, size[1] // 8 * 8)
        loads = [n["inputs"] for n in self.queued[-1]["prompt"].values()
                 if n["class_type"] == "LoadImage"]  # fmt: skip
        depth = Image.open(BytesIO(self.files[loads[0]["image"]])).convert("RGB").resize(size)
        pixels = 255 - np.asarray(depth)
        if self.wrong == "black":
            pixels = np.zeros_like(pixels)
        buffer = BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
        data = buffer.getvalue()
        return data[: len(data) // 2] if self.wrong == "half a picture" else data

    def history(self, ticket: str) -> Any:
        self.looks += 1
        if self.wrong == "no json":
            return "no json"
        if self.wrong == "for ever" or self.looks < 2:
            return {}
        if self.wrong == "node fails":
            said = {"node_type": "KSampler", "exception_message": "CUDA out of memory"}
            return {ticket: {"outputs": {}, "status": {
                "status_str": "error", "completed": False,
                "messages": [["execution_start", {}], ["execution_error", said]]}}}  # fmt: skip
        done = {"status_str": "success", "completed": True, "messages": []}
        if self.wrong == "nothing saved":
            return {ticket: {"outputs": {"7": {"text": ["x"]}}, "status": done}}
        images = [{"filename": "setpiece_00001_.png", "subfolder": "", "type": "output"}]
        return {ticket: {"outputs": {"13": {"images": images}}, "status": done}}


@contextmanager
def serving(fake: FakeComfy) -> Iterator[str]:
    """The address at which the fake answers."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None: ...

        def _answer(self, content: Any, code: int = 200) -> None:
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            if content == "no json":
                body = b"<html>"
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path = urlsplit(self.path)
            if path.path.startswith("/history/"):
                self._answer(fake.history(path.path.rpartition("/")[2]))
            elif path.path == "/view":
                assert parse_qs(path.query)["filename"] == ["setpiece_00001_.png"]
                self._answer(fake.picture())
            else:
                self._answer({}, 404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/upload/image":
                head, _, rest = body.partition(b"Content-Type: image/png\r\n\r\n")
                name = head.rpartition(b'filename="')[2].partition(b'"')[0].decode()
                fake.files[name] = rest.rpartition(b"\r\n--")[0]
                self._answer({"name": name, "subfolder": "", "type": "input"})
            elif self.path == "/prompt" and fake.wrong == "refused":
                fault = {"message": "Value not in list", "details": "ckpt_name"}
                self._answer({"error": {"message": "Prompt outputs failed validation"},
                              "node_errors": {"1": {"errors": [fault]}}}, 400)  # fmt: skip
            elif self.path == "/prompt" and fake.wrong == "no ticket":
                self._answer({"number": 3})
            elif self.path == "/prompt" and fake.wrong == "elsewhere":
                self.send_response(307)
                self.send_header("Location", "http://127.0.0.1:9/prompt")
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif self.path == "/prompt":
                fake.queued.append(json.loads(body))
                self._answer({"prompt_id": "0e1f-22", "number": 1, "node_errors": {}})
            elif self.path == "/queue":
                fake.deleted += json.loads(body)["delete"]
                self._answer(b"")
            else:
                self._answer({}, 404)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

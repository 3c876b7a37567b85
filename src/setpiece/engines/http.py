"""Requests to a server that the user named: no redirects, a limit on bytes, errors in words."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from setpiece.errors import InputError, StageError

MOST_BYTES = 64_000_000


class _StayHere(urllib.request.HTTPRedirectHandler):
    """What is sent goes to the server that was named, nowhere else: the film is not out yet."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Server:
    """A server at a base address."""

    def __init__(
        self, address: str, option: str, *, example: str = "http://127.0.0.1:8188",
        instead: str = "use --engine native", most: int = MOST_BYTES,
    ) -> None:  # fmt: skip
        """Raises InputError where `address` is none; `option` and an `example` are in the message.

        instead: what a person may do without the server. most: bytes of an answer.
        """
        try:
            parts = urlsplit(address.strip())
            known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
        except ValueError:
            known = False
        if not known:
            raise InputError(
                f"{option} {address[:80]!r} is not a web address; give one such as {example}"
            )
        self.base = address.strip().rstrip("/")
        self._instead, self._most = instead, most
        self._opener = urllib.request.build_opener(_StayHere)

    def get(self, path: str, query: Mapping[str, str] | None = None, *, timeout: float) -> bytes:
        """The body of an answer. Raises StageError."""
        return self._ask(_with(path, query), None, {}, timeout)

    def get_json(self, path: str, *, timeout: float) -> Any:
        """Raises StageError, also where the answer is no JSON."""
        return self._json(self.get(path, timeout=timeout), path)

    def post_json(self, path: str, content: Any, *, timeout: float) -> Any:
        answer = self.post(path, content, timeout=timeout)
        return self._json(answer, path) if answer.strip() else {}

    def post(self, path: str, content: Any, *, timeout: float) -> bytes:
        """The body of the answer to `content` as JSON, whatever it is. Raises StageError."""
        headers = {"Content-Type": "application/json"}
        return self._ask(path, json.dumps(content).encode(), headers, timeout)

    def post_file(
        self, path: str, field: str, name: str, data: bytes, values: Mapping[str, str],
        *, timeout: float,
    ) -> Any:  # fmt: skip
        """One file as a browser's form sends it, with further fields."""
        mark = secrets.token_hex(16)
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in values.items()
        ]
        parts.append(
            f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: image/png\r\n\r\n".encode()
        )
        body = b"".join([*parts, data, f"\r\n--{mark}--\r\n".encode()])
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        return self._json(self._ask(path, body, headers, timeout), path)

    def _ask(self, path: str, body: bytes | None, headers: dict[str, str], timeout: float) -> bytes:
        address = self.base + path
        request = urllib.request.Request(address, body, headers)
        try:
            with self._opener.open(request, timeout=max(timeout, 0.05)) as reply:
                answer: bytes = reply.read(self._most + 1)
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(2000).decode("utf-8", "replace")
            raise StageError(
                f"{address} answered {error.code} {error.reason}: {_reason(said)}"
            ) from error
        except TimeoutError as error:
            raise StageError(f"{address} did not answer within {timeout:.3g} s") from error
        except (urllib.error.URLError, HTTPException, OSError, ValueError) as error:
            raise StageError(
                f"{address} cannot be reached ({getattr(error, 'reason', error)}); start the "
                f"server, or {self._instead}"
            ) from error
        if len(answer) > self._most:
            raise StageError(f"{address} answered more than {self._most // 1_000_000} MB")
        return answer

    def _json(self, body: bytes, path: str) -> Any:
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise StageError(
                f"{self.base}{path} answered something that is no JSON ({body[:60]!r}); is this "
                "the server that was meant?"
            ) from error


def _with(path: str, query: Mapping[str, str] | None) -> str:
    return f"{path}?{urlencode(query, quote_via=quote)}" if query else path


def _reason(said: str) -> str:
    """What ComfyUI says is wrong, node by node; the raw words of any other server."""
    try:
        told = json.loads(said)
        lines = [str(told["error"]["message"])]
        for number, node in told.get("node_errors", {}).items():
            for fault in node["errors"]:
                lines.append(
                    f"node {number}: {fault['message']} {fault.get('details', '')}".strip()
                )
        return "; ".join(lines)[:400]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return repr(" ".join(said.split())[:200])

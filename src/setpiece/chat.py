"""Ask any server that speaks the OpenAI chat protocol for JSON of a given schema."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from setpiece.errors import InputError

_MOST_BYTES = 1_000_000


def ask_json(
    url: str, system: str, text: str, schema: dict[str, Any], *, what: str, option: str,
    model: str | None = None, timeout: float = 60, error: type[InputError] = InputError,
) -> tuple[dict[str, Any], str]:  # fmt: skip
    """Have a server answer `text` as an object of `schema`; the caller validates the answer.

    Args:
        url: the server's base address (`http://localhost:8080` or with `/v1`), http or https.
            It is the only place that anything is sent to: redirections are not followed.
        what: what the answer is to be, for messages ("brief"). option: the option that named the
            server, for messages ("--brief-model").
        model: the model's name where the server holds several.
        timeout: seconds to wait for the reply.
        error: what is raised when the server cannot be reached or answers no such object.

    Returns:
        The object, and the full address that gave it.
    """
    address = _address(url, option, error)
    asked: dict[str, Any] = {
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": text}],
        "temperature": 0,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": what.replace(" ", "_"), "schema": schema},
        },
    }
    if model:
        asked["model"] = model
    content = _content(_post(address, asked, timeout, what, option, error), address, error)
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as cause:
        raise error(
            f"{address} answered words, not the JSON of a {what} ({content[:80]!r}); use a server "
            f"that keeps to a JSON schema, or leave {option} out"
        ) from cause
    if not isinstance(fields, dict):
        raise error(f"{address} answered a JSON {type(fields).__name__}, not a {what}")
    return fields, address


def _address(url: str, option: str, error: type[InputError]) -> str:
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        known = False
    if not known:
        raise error(
            f"{option} {url!r} is not a web address; give one such as http://localhost:8080"
        )
    base = url.strip().rstrip("/").removesuffix("/chat/completions")
    return f"{base.removesuffix('/v1')}/v1/chat/completions"


class _StayHere(urllib.request.HTTPRedirectHandler):
    """What is asked goes to the server that was named, nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _post(
    address: str, asked: dict[str, Any], timeout: float, what: str, option: str,
    error: type[InputError],
) -> bytes:  # fmt: skip
    request = urllib.request.Request(
        address, json.dumps(asked).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.build_opener(_StayHere).open(request, timeout=timeout) as reply:
            body: bytes = reply.read(_MOST_BYTES + 1)
    except urllib.error.HTTPError as cause:
        with cause:
            said = cause.read(300).decode("utf-8", "replace").strip()
        raise error(
            f"{address} answered {cause.code} {cause.reason}: {said[:200]!r}; check the server "
            f"and the model's name, or leave {option} out"
        ) from cause
    except TimeoutError as cause:
        raise error(f"{address} did not answer within {timeout:g} s") from cause
    except (urllib.error.URLError, HTTPException, OSError, ValueError) as cause:
        reason = getattr(cause, "reason", cause)
        raise error(
            f"{address} cannot be reached ({reason}); start the server, or leave {option} out"
        ) from cause
    if len(body) > _MOST_BYTES:
        raise error(f"{address} answered more than {_MOST_BYTES // 1_000_000} MB: not a {what}")
    return body


def _content(body: bytes, address: str, error: type[InputError]) -> str:
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as cause:
        raise error(
            f"{address} does not answer as an OpenAI-compatible server does; check the address"
        ) from cause
    if not isinstance(content, str):
        raise error(f"{address} answered without words; check the model")
    return content

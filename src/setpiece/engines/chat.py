"""Ask any server that speaks the OpenAI chat protocol for JSON of a given schema."""

from __future__ import annotations

import json
from typing import Any

from setpiece.engines.http import Server
from setpiece.errors import InputError, StageError

_MOST_BYTES = 1_000_000
_PATH = "/v1/chat/completions"


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
    base = url.strip().rstrip("/").removesuffix("/chat/completions").removesuffix("/v1")
    address = base + _PATH
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
    try:
        server = Server(
            base, option, example="http://localhost:8080", instead=f"leave {option} out",
            most=_MOST_BYTES,
        )  # fmt: skip
        content = _content(server.post(_PATH, asked, timeout=timeout), address, error)
    except (StageError, InputError) as cause:
        raise error(str(cause)) from cause
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

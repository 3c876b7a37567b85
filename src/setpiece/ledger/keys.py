"""The key that signs records, and signatures that anyone can check.

An ed25519 key in a PEM file, made on first use: `$SETPIECE_KEYS/ledger.pem`, else in
`~/.config/setpiece/keys`. A signature covers the canonical JSON of a form name, the event's kind
and subject, and the record, so that it cannot be lifted to another event's place (RFC 8032).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from setpiece.errors import InputError, StoreError
from setpiece.ledger.chain import Entered, append, canonical

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FORM = "setpiece-seal-1"


def key_folder() -> Path:
    """Where this machine keeps its keys and certificates."""
    given = os.environ.get("SETPIECE_KEYS")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "setpiece" / "keys"


def write_secret(path: Path, data: bytes) -> None:
    """A file only its owner may read; one that is there already is left (another was faster).

    Raises StoreError where it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
    except OSError as error:
        raise StoreError(
            f"{path}: the key cannot be written ({error.strerror or error}). Name a folder for "
            "keys that can be written with SETPIECE_KEYS."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


class Key:
    """A key that signs. Open it with `open_key`."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw().hex()

    def sign(self, kind: str, subject: str, record: Mapping[str, Any]) -> dict[str, str]:
        """The seal of a record: {"key": public key, "signature": ...}, both hex."""
        signature = self._private.sign(_signed_text(kind, subject, record))
        return {"key": self.public, "signature": signature.hex()}


def open_key(path: Path | None = None) -> Key:
    """The key in `path`, else this machine's own, which is made on first use.

    Raises InputError (a file that is no ed25519 key) and StoreError (the disk).
    """
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if path is None:
        path = key_folder() / "ledger.pem"
        if not path.exists():
            write_secret(path, Ed25519PrivateKey.generate().private_bytes(
                forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()
            ))  # fmt: skip
    try:
        with path.open("rb") as file:
            private = forms.load_pem_private_key(file.read(10_000), password=None)
    except OSError as error:
        raise InputError(f"{path}: the key cannot be read ({error.strerror or error}).") from error
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{path}: is not an unencrypted private key in PEM form. Name another with --key, or "
            "move it away and a new one is made."
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise InputError(f"{path}: is a key of another kind; records are signed with ed25519.")
    return Key(private)


def append_signed(
    session: Session, kind: str, subject: str, record: Mapping[str, Any], key: Key
) -> Entered:
    """Write a signed record into the transaction."""
    seal = key.sign(kind, subject.strip(), record)
    return append(session, kind, subject, {"record": dict(record), "seal": seal})


def seal_fits(kind: str, subject: str, record: Any, seal: Any) -> bool:
    """Was this record signed, as it stands, by the key that its seal names?"""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal["key"]))
        public.verify(bytes.fromhex(seal["signature"]), _signed_text(kind, subject, record))
    except (InvalidSignature, ValueError, TypeError, KeyError):
        return False
    return True


def record_of(event: Entered) -> dict[str, Any]:
    """The record of a signed event. Raises StoreError where its signature does not fit."""
    record = event.payload.get("record")
    if not isinstance(record, dict) or not seal_fits(
        event.kind, event.subject, record, event.payload.get("seal")
    ):
        raise StoreError(
            f"event {event.seq} ({event.kind} {event.subject}): its signature does not fit what "
            "it says. Run `setpiece ledger verify`, and do not rely on it."
        )
    return record


def _signed_text(kind: str, subject: str, record: Mapping[str, Any]) -> bytes:
    return canonical([FORM, kind, subject, dict(record)]).encode("ascii")

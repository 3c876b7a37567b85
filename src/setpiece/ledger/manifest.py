"""A signed list of every file of a take, beside the files: for EXR, USD, OTIO and all the rest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from setpiece import __version__
from setpiece.errors import InputError, NotCleared
from setpiece.ledger.certificate import open_certificate
from setpiece.ledger.chain import canonical, utc_now
from setpiece.ledger.credentials import KINDS, read_media, sign_media
from setpiece.ledger.hashing import file_sha256, files_of
from setpiece.ledger.keys import Key, seal_fits
from setpiece.ledger.provenance import Provenance, source_type_uri
from setpiece.media.atomic import whole_file

MANIFEST = "manifest.setpiece.json"
FORM = "setpiece-manifest-1"
LARGEST = 256_000_000  # bytes of a manifest: a million files


@dataclass(frozen=True)
class Report:
    """What was looked at, who signed, and all that is wrong, in words."""

    files: int
    signed_by: tuple[str, ...]
    source_type: str
    ingredients: tuple[str, ...]
    problems: tuple[str, ...]


def label(folder: Path, provenance: Provenance, key: Key, take: str | None = None) -> Path:
    """Sign every movie and still of a take, then list and sign all its files; the manifest's path.

    A picture that carries valid credentials keeps them. Raises InputError, StoreError, StageError.
    """
    take = take or folder.resolve().name
    certificate = open_certificate()
    for path in files_of(folder).values():
        if path.suffix.lower() in KINDS:
            known = read_media(path)
            if known is None or known.problems:
                sign_media(path, provenance, take, certificate)
    record = {
        "form": FORM, "take": take, "setpiece": __version__, "at": utc_now(),
        **provenance.model_dump(mode="json"),
        "files": [
            {"path": name, "bytes": path.stat().st_size, "sha256": file_sha256(path)}
            for name, path in files_of(folder).items()
        ],
    }  # fmt: skip
    whole = json.loads(canonical({"record": record, "seal": key.sign("manifest", take, record)}))
    with whole_file(folder / MANIFEST) as part:
        part.write_text(json.dumps(whole, indent=1), encoding="utf-8")
    return folder / MANIFEST


def check_folder(folder: Path) -> Report:
    """Hash every file of a take again, and read every picture's credentials.

    Raises InputError where there is no manifest, or one that cannot be read.
    """
    record, seal = _read(folder / MANIFEST)
    problems = _signature(record, seal)
    there = files_of(folder)
    signers = {f"key {str(seal.get('key'))[:16]}…"}
    for entry in record["files"]:
        path = there.pop(entry["path"], None)
        if path is None:
            problems.append(f"{entry['path']}: is missing")
        elif file_sha256(path) != entry["sha256"]:
            problems.append(f"{entry['path']}: was changed")
    problems += [f"{name}: was added" for name in there]
    for name, path in files_of(folder).items():
        if path.suffix.lower() in KINDS:
            found, signer = _credentials(name, path)
            problems += found
            signers |= {signer} if signer else set()
    return Report(
        len(record["files"]), tuple(sorted(signers)), record["source_type"],
        tuple(f"{i['role']} {i['title']}" for i in record["ingredients"]), tuple(problems),
    )  # fmt: skip


def check_file(path: Path) -> Report:
    """Check one file: its own credentials, and its place in the manifest of the take it lies in.

    Raises InputError where there is neither.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file.")
    problems: list[str] = []
    signers: set[str] = set()
    ingredients: tuple[str, ...] = ()
    source, seen = "", False
    if path.suffix.lower() in KINDS:
        told = read_media(path)
        if told is not None:
            seen = True
            problems += [f"{path.name}: {p}" for p in told.problems]
            signers.add(_signer(told.signer, told.trusted))
            source, ingredients = told.source_type, told.ingredients
    for folder in list(path.resolve().parents)[:3]:
        if (folder / MANIFEST).is_file() and path.name != MANIFEST:
            seen = True
            record, seal = _read(folder / MANIFEST)
            problems += _signature(record, seal)
            signers.add(f"key {str(seal.get('key'))[:16]}…")
            name = path.resolve().relative_to(folder).as_posix()
            entry = next((e for e in record["files"] if e["path"] == name), None)
            if entry is None:
                problems.append(f"{name}: was added; the manifest does not list it")
            elif entry["sha256"] != file_sha256(path):
                problems.append(f"{name}: was changed")
            source = source or record["source_type"]
            break
    if not seen:
        raise InputError(f"{path}: carries no credentials, and no manifest beside it lists it.")
    return Report(1, tuple(sorted(signers)), source, ingredients, tuple(problems))


def _credentials(name: str, path: Path) -> tuple[list[str], str]:
    told = read_media(path)
    if told is None:
        return [f"{name}: carries no content credentials"], ""
    return [f"{name}: {p}" for p in told.problems], _signer(told.signer, told.trusted)


def _signer(name: str, trusted: bool) -> str:
    return f"certificate {name!r}" + ("" if trusted else ", which no trust list vouches for")


def _signature(record: dict[str, Any], seal: dict[str, Any]) -> list[str]:
    found = []
    if not seal_fits("manifest", record["take"], record, seal):
        found.append(f"{MANIFEST}: its signature does not fit what it says")
    try:
        source_type_uri(record["source_type"])
    except InputError as error:
        found.append(f"{MANIFEST}: {error}")
    return found


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Record and seal of a manifest, of the right shape."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}); "
            f"`setpiece ledger label {path.parent}` signs a take."
        ) from error
    try:
        if len(data) > LARGEST:
            raise ValueError("too large")
        whole = json.loads(data)
        record, seal = whole["record"], whole["seal"]
        ok = record["form"] == FORM and isinstance(seal, dict) and isinstance(record["take"], str)
        ok = (
            ok
            and isinstance(record["source_type"], str)
            and all(
                isinstance(e["path"], str) and isinstance(e["sha256"], str) for e in record["files"]
            )
            and all(isinstance(i["role"] + i["title"], str) for i in record["ingredients"])
        )
        if not ok:
            raise ValueError("another form")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"{path}: is not a manifest of this program ({error}).") from error
    return record, seal


def require_labelled(folder: Path) -> None:
    """Raises NotCleared where a take carries no credentials, or they do not hold."""
    if not (folder / MANIFEST).is_file():
        raise NotCleared(
            f"{folder}: is not signed: `setpiece ledger label {folder}` puts content credentials "
            "and a manifest in it, before it is submitted."
        )
    problems = check_folder(folder).problems
    if problems:
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise NotCleared(f"{folder}: {'; '.join(problems[:3])}{more}.")

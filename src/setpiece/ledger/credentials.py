"""Content credentials (C2PA) on movies and stills: signed by us, read back as anyone would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from setpiece import __version__
from setpiece.errors import InputError, StageError
from setpiece.ledger.certificate import Certificate
from setpiece.ledger.provenance import SOURCE_TYPES, Ingredient, Provenance, source_type_uri
from setpiece.media.atomic import whole_file

# What the library signs of the files that we write; EXR, USD and OTIO go into the manifest beside.
KINDS = {
    ".mp4": "video/mp4", ".mov": "video/quicktime", ".m4v": "video/x-m4v", ".png": "image/png",
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".tif": "image/tiff", ".tiff": "image/tiff",
    ".webp": "image/webp",
}  # fmt: skip
LABEL = "org.setpiece.provenance"
UNTRUSTED = "signingCredential.untrusted"  # what a development certificate is, and says it is
RELATIONSHIPS = {"plate": "componentOf"}  # all else went in, and is not seen


# A file that is looked at must not make this machine call somebody.
OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}


@dataclass(frozen=True)
class Credentials:
    """What a reader finds: who signed, whether a trust list knows them, the source type, the
    titles of the ingredients, and all that is wrong, in words."""

    signer: str
    trusted: bool
    source_type: str
    ingredients: tuple[str, ...]
    problems: tuple[str, ...]


def sign_media(path: Path, provenance: Provenance, take: str, certificate: Certificate) -> None:
    """Put credentials into a movie or a still, in place: it is replaced whole or left as it was.

    Raises InputError (a kind of file that cannot carry them), StoreError (the disk) and StageError
    (the library refuses).
    """
    import c2pa

    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise InputError(f"{path}: cannot carry content credentials; its manifest covers it.")
    try:
        signer = c2pa.Signer.from_info(
            c2pa.C2paSignerInfo(
                certificate.algorithm.encode(), certificate.chain, certificate.key,
                certificate.timestamp.encode() if certificate.timestamp else None,
            )
        )  # fmt: skip
        with whole_file(path) as part, signer:
            definition, media = _definition(path.name, provenance, take)
            with c2pa.Builder.from_json(json.dumps(definition), _offline()) as builder:
                for entry, ingredient in media:
                    assert ingredient.path is not None
                    with ingredient.path.open("rb") as plate:
                        builder.add_ingredient(
                            entry, KINDS[ingredient.path.suffix.lower()], plate
                        )  # fmt: skip
                with path.open("rb") as source, part.open("w+b") as target:
                    builder.sign(signer, kind, source, target)
    except c2pa.C2paError as error:
        raise StageError(
            f"{path}: cannot be given content credentials ({str(error).splitlines()[0][:300]})."
        ) from error


def _definition(
    title: str, provenance: Provenance, take: str
) -> tuple[dict[str, Any], list[tuple[dict[str, Any], Ingredient]]]:
    """The manifest, and the ingredients that are pictures to be read by the library."""
    agent = {"name": "Setpiece", "version": __version__}
    declared: list[dict[str, Any]] = []
    media: list[tuple[dict[str, Any], Ingredient]] = []
    used: dict[str, list[str]] = {"componentOf": [], "inputTo": []}
    for number, one in enumerate(provenance.ingredients):
        relationship = RELATIONSHIPS.get(one.role, "inputTo")
        name = f"setpiece:{number}:{one.sha256}"
        used[relationship].append(name)
        entry: dict[str, Any] = {
            "title": one.title, "relationship": relationship, "instance_id": name,
            "description": f"{one.role}, SHA-256 {one.sha256}",
        }  # fmt: skip
        if one.path and one.path.is_file() and _readable(one.path):
            media.append((entry, one))
        else:
            more = {"data_types": [{"type": "c2pa.types.model"}]} if one.role == "model" else {}
            declared.append({**entry, "format": "application/octet-stream", **more})
    actions: list[dict[str, Any]] = [{
        "action": "c2pa.created", "digitalSourceType": provenance.source_type,
        "softwareAgent": agent,
        **({"parameters": {"ingredientIds": used["inputTo"]}} if used["inputTo"] else {}),
    }]  # fmt: skip
    if used["componentOf"]:
        actions.append({
            "action": "c2pa.placed", "parameters": {"ingredientIds": used["componentOf"]}
        })  # fmt: skip
    ours = {"take": take, "ingredients": [i.model_dump() for i in provenance.ingredients]}
    definition = {
        "title": title,
        "claim_generator_info": [agent],
        "ingredients": declared,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": actions}},
            {"label": LABEL, "data": ours},
        ],
    }
    return definition, media


def _offline() -> Any:
    import c2pa

    return c2pa.Context(c2pa.Settings.from_dict(OFFLINE))


def _readable(path: Path) -> bool:
    """Does the library know this kind of picture, and does this file hold one?"""
    import c2pa

    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        return False
    try:
        with path.open("rb") as file, c2pa.Builder.from_json("{}", _offline()) as trial:
            trial.add_ingredient({"title": path.name, "relationship": "componentOf"}, kind, file)
    except (c2pa.C2paError, OSError):
        return False
    return True


def read_media(path: Path) -> Credentials | None:
    """The credentials of a movie or a still, checked; None where it carries none.

    Raises InputError where the file cannot be read.
    """
    import c2pa

    try:
        kind, offline = KINDS[path.suffix.lower()], _offline()
        with path.open("rb") as file, c2pa.Reader(kind, file, context=offline) as reader:
            told = json.loads(reader.json())
    except KeyError as error:
        raise InputError(
            f"{path}: carries no content credentials, being no movie or still."
        ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except c2pa.C2paError.ManifestNotFound:
        return None
    except (c2pa.C2paError, ValueError) as error:
        return Credentials("", False, "", (), (f"cannot be read as {path.suffix}: {error}"[:300],))
    active = told.get("manifests", {}).get(told.get("active_manifest"), {})
    results = told.get("validation_results", {}).get("activeManifest", {})
    codes = [str(f.get("code")) for f in results.get("failure", [])]
    problems = [_plain(code) for code in dict.fromkeys(codes) if code != UNTRUSTED]
    if told.get("validation_state") == "Invalid" and not problems:
        problems.append("its credentials are not valid")
    sources = _source_types(active)
    for source in sources:
        try:
            source_type_uri(source)
        except InputError as error:
            problems.append(str(error))
    if not sources:
        problems.append("it does not say how it came about (digitalSourceType)")
    signature = active.get("signature_info", {})
    return Credentials(
        signer=str(signature.get("common_name") or signature.get("issuer") or "nobody"),
        trusted=told.get("validation_state") == "Trusted",
        source_type=sources[0] if sources else "",
        ingredients=tuple(str(i.get("title")) for i in active.get("ingredients", [])),
        problems=tuple(problems),
    )


def _source_types(manifest: dict[str, Any]) -> list[str]:
    return [
        str(action["digitalSourceType"])
        for assertion in manifest.get("assertions", [])
        if str(assertion.get("label", "")).startswith("c2pa.actions")
        for action in assertion.get("data", {}).get("actions", [])
        if action.get("digitalSourceType")
    ]


def _plain(code: str) -> str:
    words = {
        "assertion.dataHash.mismatch": "was changed after it was signed",
        "assertion.bmffHash.mismatch": "was changed after it was signed",
        "assertion.hashedURI.mismatch": "its credentials were changed after they were signed",
        "claimSignature.mismatch": "its signature does not fit",
        "signingCredential.expired": "its certificate had run out",
    }
    return words.get(code, f"its credentials fail ({code})")


def in_words(source_type: str) -> str:
    """A source type for a person."""
    short = source_type.rpartition("/")[2]
    return f"{short} ({SOURCE_TYPES[short]})" if short in SOURCE_TYPES else short

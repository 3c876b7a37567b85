"""What a reader finds in our pictures, and what `verify` finds in a take that was touched."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import av
import c2pa
import numpy as np
import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from setpiece.errors import InputError, NotCleared, StageError, StoreError
from setpiece.ledger.certificate import open_certificate
from setpiece.ledger.credentials import read_media, sign_media
from setpiece.ledger.keys import open_key
from setpiece.ledger.manifest import (
    MANIFEST,
    check_file,
    check_folder,
    label,
    require_labelled,
)
from setpiece.ledger.provenance import (
    SCHEME,
    SOURCE_TYPES,
    Ingredient,
    Provenance,
    source_type_uri,
)

Typed = Callable[..., tuple[int, str]]
SYNTHETIC = "compositeSynthetic"


def still(path: Path, value: int = 90) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48), (value, 90, 20)).save(path)
    return path


def movie(path: Path) -> Path:
    codec, pixels = ("prores_ks", "yuv422p10le") if path.suffix == ".mov" else ("h264", "yuv420p")
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, Fraction(24))
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        for value in range(4):
            picture = np.full((48, 64, 3), 40 * value, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(stream.encode(None))
    return path


def made_from(tmp_path: Path) -> Provenance:
    (tmp_path / "dust.onnx").write_bytes(b"weights")
    (tmp_path / "shot.usdc").write_bytes(b"camera")
    return Provenance(
        source_type=SYNTHETIC,
        ingredients=(
            Ingredient.of("plate", still(tmp_path / "plate.png", 9)),
            Ingredient.of("model", tmp_path / "dust.onnx"),
            Ingredient.of("matchmove", tmp_path / "shot.usdc"),
        ),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A take: pictures that carry credentials and files that cannot."""
    take = tmp_path / "eternal_v001"
    (take / "exr").mkdir(parents=True)
    movie(take / "shot.mp4")
    still(take / "sheet.jpg")
    for name in ("exr/f.1001.exr", "exr/f.1002.exr", "shot.usdc", "shot.otio", "take.json"):
        (take / name).write_bytes(name.encode())
    return take


@pytest.fixture
def signed(folder: Path, tmp_path: Path) -> Path:
    label(folder, made_from(tmp_path), open_key())
    return folder


# Content credentials, as a reader sees them


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.png", "a.jpg", "a.tif"])
def test_a_reader_finds_what_was_signed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    (movie if path.suffix in (".mp4", ".mov") else still)(path)
    sign_media(path, made_from(tmp_path), "eternal_v001", open_certificate())
    told = json.loads(c2pa.Reader(str(path)).json())
    assert told["validation_state"] == "Valid"
    assert {s["code"] for s in told["validation_status"]} == {"signingCredential.untrusted"}
    manifest = told["manifests"][told["active_manifest"]]
    assertions = {a["label"]: a["data"] for a in manifest["assertions"]}
    created, placed = assertions["c2pa.actions.v2"]["actions"]
    assert created["action"] == "c2pa.created"
    assert created["digitalSourceType"] == SCHEME + SYNTHETIC
    assert len(created["parameters"]["ingredients"]) == 2
    assert placed["action"] == "c2pa.placed"
    assert {(i["title"], i["relationship"]) for i in manifest["ingredients"]} == {
        ("plate.png", "componentOf"), ("dust.onnx", "inputTo"), ("shot.usdc", "inputTo"),
    }  # fmt: skip
    ours = assertions["org.setpiece.provenance"]
    assert ours["take"] == "eternal_v001"
    assert [i["role"] for i in ours["ingredients"]] == ["plate", "model", "matchmove"]
    assert manifest["signature_info"]["common_name"] == "Setpiece development signer"


def test_the_pictures_are_the_same_with_and_without(tmp_path: Path) -> None:
    path = movie(tmp_path / "a.mp4")

    def frames() -> list[np.ndarray]:
        with av.open(str(path)) as file:
            return [f.to_ndarray(format="rgb24") for f in file.decode(video=0)]

    before = frames()
    sign_media(path, made_from(tmp_path), "x", open_certificate())
    np.testing.assert_array_equal(before, frames())


@pytest.mark.parametrize("name", ["a.mp4", "a.png"])
def test_a_picture_that_was_changed_says_so(tmp_path: Path, name: str) -> None:
    path = (movie if name.endswith("mp4") else still)(tmp_path / name)
    sign_media(path, Provenance(source_type=SYNTHETIC), "x", open_certificate())
    good = read_media(path)
    assert good is not None
    assert good.problems == ()
    assert good.source_type == SCHEME + SYNTHETIC
    assert not good.trusted
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    bad = read_media(path)
    assert bad is not None
    assert bad.problems


def test_a_wrong_source_type_is_found_when_read(tmp_path: Path) -> None:
    """The library signs any text; a file that says nonsense is found by us."""
    path = still(tmp_path / "a.png")
    wrong = Provenance.model_construct(source_type="http://example.org/handmade", ingredients=())
    sign_media(path, wrong, "x", open_certificate())
    told = read_media(path)
    assert told is not None
    assert any("not an IPTC digital source type" in p for p in told.problems)


def test_pictures_without_credentials_and_files_that_are_none(tmp_path: Path) -> None:
    assert read_media(still(tmp_path / "a.png")) is None
    (tmp_path / "noise.png").write_bytes(os.urandom(500))
    broken = read_media(tmp_path / "noise.png")
    assert broken is None or broken.problems
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(StageError, match=r"empty\.mp4"):
        sign_media(tmp_path / "empty.mp4", Provenance(source_type=SYNTHETIC), "x",
                   open_certificate())  # fmt: skip
    assert (tmp_path / "empty.mp4").stat().st_size == 0
    with pytest.raises(InputError, match="its manifest covers it"):
        sign_media(tmp_path / "a.exr", Provenance(source_type=SYNTHETIC), "x", open_certificate())
    assert not [p for p in tmp_path.iterdir() if "part" in p.name]


class _Door(BaseHTTPRequestHandler):
    """Somebody whom a file would have us call."""

    calls: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.calls.append(self.path)
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Nothing to the terminal."""


def test_a_file_that_is_looked_at_calls_nobody(tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), _Door) as door:
        threading.Thread(target=door.serve_forever, daemon=True).start()
        try:
            mine, path = open_certificate(), still(tmp_path / "a.png")
            signer = c2pa.Signer.from_info(
                c2pa.C2paSignerInfo(b"es256", mine.chain, mine.key, None)
            )
            created = {"action": "c2pa.created", "digitalSourceType": SCHEME + SYNTHETIC}
            actions = {"label": "c2pa.actions.v2", "data": {"actions": [created]}}
            builder = c2pa.Builder.from_json(json.dumps({"assertions": [actions]}))
            builder.set_no_embed()
            builder.set_remote_url(f"http://127.0.0.1:{door.server_port}/a.c2pa")
            remote = tmp_path / "remote.png"
            with path.open("rb") as source, remote.open("w+b") as target:
                builder.sign(signer, "image/png", source, target)
            told = read_media(remote)
            assert told is None or told.problems
            plate = Provenance(source_type=SYNTHETIC, ingredients=(Ingredient.of("plate", remote),))
            sign_media(path, plate, "x", open_certificate())
        finally:
            door.shutdown()
    assert _Door.calls == []


# Source types


def test_source_types_are_checked() -> None:
    for name in SOURCE_TYPES:
        assert source_type_uri(name) == source_type_uri(SCHEME + name) == SCHEME + name
    with pytest.raises(InputError, match="Did you mean trainedAlgorithmicMedia"):
        source_type_uri("TrainedAlgorithmicMedia")
    with pytest.raises(InputError, match="digitalCapture"):
        source_type_uri("handmade")


@given(st.text())
def test_any_other_text_is_no_source_type(words: str) -> None:
    if words.removeprefix(SCHEME) not in SOURCE_TYPES:
        with pytest.raises(InputError):
            source_type_uri(words)


# Certificates


def test_the_development_certificate_is_made_once(tmp_path: Path) -> None:
    one, two = open_certificate(), open_certificate()
    assert one == two
    assert one.development
    own, above = x509.load_pem_x509_certificates(one.chain)
    own.verify_directly_issued_by(above)
    assert (tmp_path / "keys" / "development.pem").stat().st_mode & 0o77 == 0


def test_a_real_certificate_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = open_certificate()
    (tmp_path / "chain.pem").write_bytes(mine.chain)
    (tmp_path / "key.pem").write_bytes(mine.key)
    monkeypatch.setenv("SETPIECE_CERTIFICATE", str(tmp_path / "chain.pem"))
    with pytest.raises(InputError, match="both"):
        open_certificate()
    monkeypatch.setenv("SETPIECE_CERTIFICATE_KEY", str(tmp_path / "key.pem"))
    real = open_certificate()
    assert not real.development
    assert (real.chain, real.algorithm) == (mine.chain, "es256")
    monkeypatch.setenv("SETPIECE_KEYS", str(tmp_path / "others"))
    monkeypatch.delenv("SETPIECE_CERTIFICATE_KEY")
    monkeypatch.delenv("SETPIECE_CERTIFICATE")
    (tmp_path / "key.pem").write_bytes(open_certificate().key)
    monkeypatch.setenv("SETPIECE_CERTIFICATE", str(tmp_path / "chain.pem"))
    monkeypatch.setenv("SETPIECE_CERTIFICATE_KEY", str(tmp_path / "key.pem"))
    with pytest.raises(InputError, match="not the key of"):
        open_certificate()
    for name in ("missing.pem", "noise.pem"):
        (tmp_path / "noise.pem").write_bytes(b"noise")
        monkeypatch.setenv("SETPIECE_CERTIFICATE", str(tmp_path / name))
        with pytest.raises(InputError, match=name):
            open_certificate()


def test_a_folder_for_keys_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SETPIECE_KEYS", str(tmp_path / "file" / "keys"))
    for wanted in (open_certificate, open_key):
        with pytest.raises(StoreError, match="SETPIECE_KEYS"):
            wanted()


# The manifest beside the files


def test_a_signed_take_verifies(signed: Path) -> None:
    report = check_folder(signed)
    assert report.problems == ()
    assert report.files == 7
    assert report.source_type == SCHEME + SYNTHETIC
    assert report.ingredients == ("plate plate.png", "model dust.onnx", "matchmove shot.usdc")
    assert len(report.signed_by) == 2
    for name in ("exr/f.1001.exr", "shot.usdc", "shot.otio", "shot.mp4", "sheet.jpg"):
        assert check_file(signed / name).problems == ()
    require_labelled(signed)


def _touch(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["exr/f.1002.exr", "shot.usdc", "shot.otio", "take.json"])
def test_a_file_that_was_changed_is_named(signed: Path, name: str) -> None:
    _touch(signed / name)
    assert check_folder(signed).problems == (f"{name}: was changed",)
    assert check_file(signed / name).problems == (f"{name}: was changed",)
    with pytest.raises(NotCleared, match="was changed"):
        require_labelled(signed)


def test_files_that_went_or_came_are_named(signed: Path) -> None:
    (signed / "exr" / "f.1001.exr").unlink()
    (signed / "exr" / "f.1003.exr").write_bytes(b"new")
    assert check_folder(signed).problems == (
        "exr/f.1001.exr: is missing", "exr/f.1003.exr: was added",
    )  # fmt: skip
    assert "was added" in check_file(signed / "exr" / "f.1003.exr").problems[0]


def test_a_picture_replaced_by_one_without_credentials(signed: Path) -> None:
    still(signed / "sheet.jpg", 200)
    assert check_folder(signed).problems == (
        "sheet.jpg: was changed", "sheet.jpg: carries no content credentials",
    )  # fmt: skip


def test_a_manifest_that_was_edited_is_found(signed: Path) -> None:
    whole = json.loads((signed / MANIFEST).read_text())
    (signed / "shot.usdc").write_bytes(b"another")
    for entry in whole["record"]["files"]:
        if entry["path"] == "shot.usdc":
            entry["sha256"] = hashlib.sha256(b"another").hexdigest()
    (signed / MANIFEST).write_text(json.dumps(whole))
    assert check_folder(signed).problems == (
        f"{MANIFEST}: its signature does not fit what it says",
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"record": {}, "seal": {}}', b"[" * 99_999,
     b'{"record": {"form": "setpiece-manifest-1", "take": 1}, "seal": {}}'],
)  # fmt: skip
def test_a_manifest_that_is_none(signed: Path, data: bytes) -> None:
    (signed / MANIFEST).write_bytes(data)
    with pytest.raises(InputError, match="is not a manifest"):
        check_folder(signed)


def test_a_take_may_be_moved_and_signed_again(signed: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    shutil.move(signed, moved)
    assert check_folder(moved).problems == ()
    before = (moved / "shot.mp4").read_bytes()
    label(moved, made_from(tmp_path), open_key())
    assert check_folder(moved).problems == ()
    assert (moved / "shot.mp4").read_bytes() == before  # good credentials stay


def test_a_take_without_a_manifest(folder: Path) -> None:
    with pytest.raises(NotCleared, match="setpiece ledger label"):
        require_labelled(folder)
    with pytest.raises(InputError, match="setpiece ledger label"):
        check_folder(folder)
    with pytest.raises(InputError, match="no credentials"):
        check_file(folder / "shot.usdc")
    with pytest.raises(InputError, match="no such file"):
        check_file(folder / "nothing")


# The commands


def test_label_and_verify_are_typed(run: Typed, folder: Path, tmp_path: Path) -> None:
    made_from(tmp_path)
    files: tuple[Any, ...] = ("--plate", tmp_path / "plate.png", "--model", tmp_path / "dust.onnx")
    code, said = run("label", folder, "--source-type", "handmade", *files)
    assert code == 2
    assert "not an IPTC" in said
    assert run("label", folder, "--source-type", SYNTHETIC, "--plate", "gone.png")[0] == 2
    code, said = run("label", folder, "--source-type", SYNTHETIC, *files)
    assert code == 0, said
    code, said = run("verify", folder)
    assert code == 0
    assert "7 files, and each is as it was signed" in said
    assert "compositeSynthetic (composed of elements" in said
    assert "Made from: plate plate.png" in said
    assert "which no trust list vouches for" in said
    assert run("verify", folder / "shot.mp4")[0] == 0
    _touch(folder / "exr" / "f.1001.exr")
    code, said = run("verify", folder)
    assert code == 1
    assert "exr/f.1001.exr: was changed" in said
    assert run("verify", tmp_path / "nowhere")[0] == 2

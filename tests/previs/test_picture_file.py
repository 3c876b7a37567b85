"""A panel is known by what is drawn, not by who signed it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from setpiece.ledger.certificate import open_certificate
from setpiece.ledger.credentials import sign_media
from setpiece.ledger.provenance import Provenance
from setpiece.previs.picture_file import drawing_hash, save_panel


def test_signing_is_no_drawing(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    picture = rng.integers(0, 255, (64, 96, 3), np.uint8)
    save_panel(tmp_path / "a.jpg", picture)
    before, plain = drawing_hash(tmp_path / "a.jpg"), (tmp_path / "a.jpg").read_bytes()
    sign_media(
        tmp_path / "a.jpg", Provenance(source_type="algorithmicMedia"), "x", open_certificate()
    )
    assert (tmp_path / "a.jpg").read_bytes() != plain
    assert drawing_hash(tmp_path / "a.jpg") == before
    picture[10, 10] ^= 255
    save_panel(tmp_path / "a.jpg", picture)
    assert drawing_hash(tmp_path / "a.jpg") != before
    (tmp_path / "b.png").write_bytes(b"no JPEG")
    (tmp_path / "c.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    assert drawing_hash(tmp_path / "b.png") != drawing_hash(tmp_path / "c.jpg")

"""Letters of burn-ins and pages."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from setpiece.media.fonts import SANS, pdf_fonts, printable


def test_latin_greek_and_cyrillic_stay_as_they_are() -> None:
    for name in ("Łukasz Żółć", "Ελένη Παπά", "Жанна Ёлкина", "Ñandú, Ğ, ő, ß, —, €"):
        assert printable(name) == name


def test_other_letters_are_spelled() -> None:
    assert printable("日本") == "RiBen"
    assert printable("a\u202eb\x1b[0m") == "ab[0m"  # nothing that turns text or steers a terminal


@given(st.text(max_size=60))
def test_any_text_becomes_words_that_a_page_takes(text: str) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfgen.canvas import Canvas

    pdf_fonts()
    known = pdfmetrics.getFont(SANS).face.charToGlyph
    said = printable(text)
    assert all(c == "\n" or ord(c) in known for c in said)
    canvas = Canvas(io.BytesIO())
    canvas.setFont(SANS, 9)
    canvas.drawString(10, 10, said)
    assert canvas.getpdfdata()

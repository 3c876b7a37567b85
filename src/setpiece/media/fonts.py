"""The letters of burn-ins and of printed pages: Noto Sans, with Latin, Greek and Cyrillic.

The files come inside the package pymupdf-fonts (SIL Open Font Licence). A letter that the font
lacks is spelled in Latin, so that a name never turns into boxes or question marks.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

# Their names in a PDF.
SANS, SANS_BOLD, SANS_ITALIC = "NotoSans", "NotoSans-Bold", "NotoSans-Italic"


@lru_cache(maxsize=3)
def font_file(name: str = SANS) -> bytes:
    """The TrueType file."""
    if name == SANS_BOLD:
        from pymupdf_fonts import NotoSans_Bold as face
    elif name == SANS_ITALIC:
        from pymupdf_fonts import NotoSans_Italic as face
    else:
        from pymupdf_fonts import NotoSans_Regular as face
    return bytes(face.fontbuffer)


def pdf_fonts() -> tuple[str, str]:
    """Names of the regular and the bold face, registered with ReportLab, the italic too; only used
    letters are embedded."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (SANS, SANS_BOLD, SANS_ITALIC):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, BytesIO(font_file(name))))
    pdfmetrics.registerFontFamily(
        SANS, normal=SANS, bold=SANS_BOLD, italic=SANS_ITALIC, boldItalic=SANS_BOLD
    )
    return SANS, SANS_BOLD


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """`text` in letters that the font has: others are spelled in Latin, or dropped if they are
    signs that steer and not letters."""
    from anyascii import anyascii

    known = _known()
    out = []
    for letter in text.replace("\t", " "):
        if letter == "\n" or ord(letter) in known:
            out.append(letter)
        elif letter.isprintable():
            spelled = anyascii(letter)
            out.append(spelled if spelled.isprintable() and spelled else "?")
    return "".join(out)


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    pdf_fonts()
    from reportlab.pdfbase import pdfmetrics

    return frozenset(
        c for c in pdfmetrics.getFont(SANS).face.charToGlyph if chr(c).isprintable()
    )  # fmt: skip

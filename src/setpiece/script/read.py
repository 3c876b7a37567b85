"""Open a script file, whatever it is, or say clearly why not."""

from __future__ import annotations

import re
from pathlib import Path

from setpiece.errors import ScriptError
from setpiece.script.build import build
from setpiece.script.decode import LARGEST, decode
from setpiece.script.fdx_in import parse_fdx
from setpiece.script.fountain_in import parse_fountain
from setpiece.script.model import Remark, Screenplay

_PROSE_WORDS = 3000  # from here on, a text with no slugline and hardly a cue is no script


def read_script(path: Path | str) -> Screenplay:
    """Read Fountain, FDX or text PDF; the format is told by the bytes, not by the name.

    Raises:
        ScriptError: absent, empty, too large, binary, a novel, a PDF of scans, XML that is not
            FDX or that declares entities.
    """
    path = Path(path)
    name = path.name
    try:
        if path.stat().st_size > LARGEST:
            raise ScriptError(
                f"{name}: {path.stat().st_size / 1e6:.0f} MB; a script has under 20 MB."
            )
        data = path.read_bytes()
    except OSError as error:
        raise ScriptError(f"{path}: cannot be read ({error.strerror or error}).") from error
    if not data.strip():
        raise ScriptError(f"{name}: is empty.")
    return read_bytes(data, name)


def read_bytes(data: bytes, name: str = "script") -> Screenplay:
    """`read_script` for what is already in memory."""
    if data[:1024].lstrip().startswith(b"%PDF-"):
        from setpiece.script.pdf_in import parse_pdf

        return build(parse_pdf(data, name), "pdf", "", ())
    if data.startswith(b"PK\x03\x04"):
        raise ScriptError(
            f"{name}: is a zip (Fade In, Word?). Export Fountain, FDX or PDF from it."
        )
    text, encoding, remarks = decode(data, name)
    if text.lstrip().startswith("<") and re.match(r"\s*<(\?xml|!DOCTYPE|FinalDraft)", text):
        plain = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
        return build(parse_fdx(plain.lstrip().encode(), name), "fdx", encoding, remarks)
    script = build(parse_fountain(text), "fountain", encoding, remarks)
    _refuse_prose(script, text, name)
    return script


def _refuse_prose(script: Screenplay, text: str, name: str) -> None:
    cues = sum(e.kind == "character" for e in script.elements)
    words = len(text.split())
    if any(r.what.startswith("looks like a slugline") for r in script.report):
        return  # a script whose empty lines went missing: the report says where
    if words > _PROSE_WORDS and not script.scenes and cues * 150 < words:
        raise ScriptError(
            f"{name}: {words} words, no slugline and {cues} cues: this reads as prose, not as a "
            "script. Sluglines begin with INT. or EXT. (or a full stop, to force one)."
        )


def remark_lines(script: Screenplay) -> list[Remark]:
    """The import report, worst first."""
    return sorted(script.report, key=lambda r: (r.level != "lost", r.line))

"""Bytes of a script file to text; what was assumed about them is said."""

from __future__ import annotations

import re

from setpiece.errors import ScriptError
from setpiece.script.model import Remark

LARGEST = 20_000_000  # bytes: forty times a long feature
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def decode(data: bytes, name: str) -> tuple[str, str, list[Remark]]:
    """Text with `\\n` line ends, the encoding, and remarks.

    UTF-8 and UTF-16 (with a byte order mark, or without one where every second byte is zero)
    are told by their bytes; what is neither is read as Windows-1252, with a remark.

    Raises:
        ScriptError: binary, or larger than 20 MB.
    """
    if len(data) > LARGEST:
        raise ScriptError(f"{name}: {len(data) / 1e6:.0f} MB; a script has under 20 MB.")
    text, encoding, remarks = _text(data, name)
    odd = _CONTROL.findall(text)
    if "\x00" in odd or len(odd) > 8 + len(text) // 100:
        raise ScriptError(f"{name}: is a binary file, not a script. Give Fountain, FDX or PDF.")
    if odd:
        what = f"{len(odd)} control characters taken out"
        remarks.append(Remark(line=0, level="note", what=what))
        text = _CONTROL.sub("", text)
    for end in ("\r\n", "\r", "\f", "\v"):
        text = text.replace(end, "\n")
    return text.removeprefix("\ufeff"), encoding, remarks


def _text(data: bytes, name: str) -> tuple[str, str, list[Remark]]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _try(data[len(mark) :], encoding, name), encoding, _said(encoding)
    for encoding, zeros in (("utf-16-le", data[1:400:2]), ("utf-16-be", data[0:400:2])):
        if len(zeros) > 3 and zeros.count(0) > 0.7 * len(zeros):
            return _try(data, encoding, name), encoding, _said(encoding)
    try:
        return data.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\x00" not in text and text.count("\ufffd") > 2 + len(text) // 200:
        raise ScriptError(f"{name}: is neither UTF-8, UTF-16 nor Windows-1252 text.")
    return text, "windows-1252", _said("windows-1252")


def _try(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ScriptError(f"{name}: begins as {encoding} but is not ({error.reason}).") from error


def _said(encoding: str) -> list[Remark]:
    if encoding == "utf-8":
        return []
    return [Remark(line=0, level="note", what=f"read as {encoding}; save as UTF-8 to be sure")]

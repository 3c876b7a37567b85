"""Final Draft's XML, opened with care: no document types, no entities, nothing fetched."""

from __future__ import annotations

from xml.etree.ElementTree import Element as Node

from setpiece.errors import ScriptError


def open_root(data: bytes, name: str) -> Node:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Node = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise ScriptError(
            f"{name}: declares a document type or entities, which no script needs and which can "
            "harm; refused. Export it again from Final Draft."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise ScriptError(f"{name}: is not whole XML ({error}). Export it again.") from error
    if root.tag != "FinalDraft":
        raise ScriptError(f"{name}: is XML, but its root is <{root.tag[:40]}>, not <FinalDraft>.")
    return root


def revisions_of(root: Node) -> dict[str, str]:
    return {
        r.get("ID", ""): r.get("Name") or f"Revision {r.get('ID', '')}"
        for r in root.iterfind("Revisions/Revision")
    }


def words_of(node: Node) -> str:
    """All text of a node: whoever formats it, none is dropped."""
    return "".join(node.itertext())


def spaced(text: str) -> str:
    """Text whose own brackets would read as a note or a boneyard is spread apart."""
    for mark in ("/*", "*/", "[[", "]]"):
        text = text.replace(mark, f"{mark[0]} {mark[1]}")
    return text

"""Final Draft's breakdown tags: words that somebody marked as a prop, a stunt, a car."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element as Node

from setpiece.script.model import Category, Proposal, Remark

# Final Draft's names for its categories; people add their own, which are kept as "other".
_CATEGORIES: dict[str, Category] = {
    "cast": "cast", "cast members": "cast", "background actors": "crowds", "extras": "crowds",
    "stunts": "stunts", "vehicles": "vehicles", "props": "props", "special effects": "effects",
    "mechanical effects": "effects", "visual effects": "vfx", "wardrobe": "wardrobe",
    "makeup/hair": "makeup", "makeup": "makeup", "hair": "makeup", "animals": "animals",
    "animal handler": "animals", "set dressing": "dressing", "greenery": "dressing",
    "special equipment": "equipment", "camera": "equipment", "music": "sound", "sound": "sound",
}  # fmt: skip


class Tag(NamedTuple):
    category: Category
    label: str
    named: str  # the category as the file names it


def tags_of(root: Node, report: list[Remark]) -> dict[str, Tag]:
    """Tags by the number that words carry. Those that lead nowhere are remarked on."""
    names = {
        c.get("Id", ""): " ".join((c.get("Name") or "").split())
        for c in root.iterfind("TagData/TagCategories/TagCategory")
    }
    defined: dict[str, Tag] = {}
    for node in root.iterfind("TagData/TagDefinitions/TagDefinition"):
        named = names.get(node.get("CatId", ""), "")
        label = " ".join((node.get("Label") or "").split())[:200]
        category = _CATEGORIES.get(named.casefold(), "other")
        if category == "other" and named.casefold() not in ("miscellaneous", "notes", "other"):
            what = f"tags of the category {named[:60] or '(none)'!r} are kept as other"
            if not any(r.what == what for r in report):
                report.append(Remark(line=0, level="note", what=what, text=label))
        defined[node.get("Id", "")] = Tag(category, label, named)
    out: dict[str, Tag] = {}
    for node in root.iterfind("TagData/Tags/Tag"):
        number = node.get("Number", "")
        links = [" ".join((d.text or "").split()) for d in node.iterfind("DefId")]
        found = next((defined[link] for link in links if link in defined), None)
        if found is None:
            what = f"breakdown tag {number[:20]} names a definition that is not there"
            report.append(Remark(line=0, level="lost", what=what))
        else:
            out[number] = found
    tagged = {id(t) for t in out.values()}
    for tag in defined.values():
        if id(tag) not in tagged:
            what = f"breakdown item ({tag.named or 'no category'}) that marks no words"
            report.append(Remark(line=0, level="lost", what=what, text=tag.label))
    return out


def proposal(tag: Tag, words: str, line: int) -> Proposal:
    """The tag as an item of its scene. A person set it, so it is confirmed."""
    said = " ".join(words.split())[:300]
    label = tag.label or said[:80]
    item = label.upper() if tag.category == "cast" else label.lower()
    return Proposal(category=tag.category, item=item, words=said, line=line, confirmed=True)


def unused(tags: Mapping[str, Tag], tagged: set[str]) -> Sequence[Remark]:
    """Tags that the file lists and no words of the script carry."""
    return [
        Remark(
            line=0, level="lost", what=f"breakdown tag ({tag.named}) on no words", text=tag.label
        )
        for number, tag in tags.items()
        if number not in tagged
    ]

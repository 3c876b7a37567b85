"""The parsers' own suites: every file of them, read, written and read again."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from screenplays import every, shape, shared, words, words_of
from setpiece.script import Screenplay, fdx_bytes, fountain_text, read_script
from setpiece.script.lines import plain
from setpiece.script.read import read_bytes


@pytest.mark.parametrize("name", every(".fountain"))
def test_no_word_of_a_fountain_file_is_lost(name: str) -> None:
    text = shared(name).read_text(encoding="utf-8-sig")
    script = read_script(shared(name))
    keys = "\n".join(key for key, _ in script.title_page)
    assert words(text) == words_of(script) + words(keys)
    again = read_bytes(fountain_text(script).encode())
    assert shape(again) == shape(script)
    assert again.title_page == script.title_page
    assert [(s.number, s.eighths) for s in again.scenes] == [
        (s.number, s.eighths) for s in script.scenes
    ]


@pytest.mark.parametrize("name", every(".fountain"))
def test_no_word_is_lost_through_fdx(name: str) -> None:
    script = read_script(shared(name))
    again = read_bytes(fdx_bytes(script))
    missing = words_of(script) - words_of(again)
    assert not missing
    assert [s.heading for s in again.scenes] == [s.heading for s in script.scenes]
    assert [s.number for s in again.scenes] == [s.number for s in script.scenes]
    assert [(m.name, m.speeches) for m in again.cast] == [(m.name, m.speeches) for m in script.cast]


@pytest.mark.parametrize("name", every(".fdx"))
def test_fdx_files_and_their_fountain_twins_say_the_same(name: str) -> None:
    path = shared(name)
    script = read_script(path)
    assert not [r for r in script.report if r.level == "lost"]
    twin = Path(re.sub(r"-Write-\w+$", "", str(path.with_suffix("")))).with_suffix(".fountain")
    expected = read_script(twin)
    assert _printed(script) == _printed(expected)
    assert shape(read_bytes(fdx_bytes(script))) == shape(script)
    assert _printed(read_bytes(fountain_text(script).encode())) == _printed(script)


def _printed(script: Screenplay) -> list[tuple[str, str]]:
    """Kind and words of what is printed; consecutive action joined: FDX cannot tell them apart."""
    out: list[tuple[str, str]] = []
    for e in script.elements:
        if e.kind in ("page_break", "note", "boneyard"):
            continue
        text = "\n".join(line.strip() for line in plain(e.text).split("\n") if line.strip())
        if e.kind == "action" and out and out[-1][0] == "action":
            out[-1] = ("action", f"{out[-1][1]}\n{text}")
        else:
            out.append((e.kind, text))
    return out


@pytest.mark.parametrize("name", every(".html"))
def test_kinds_are_those_of_the_suite(name: str) -> None:
    """The HTML beside each file says what its parser took every paragraph for."""
    script = read_script(shared(name).with_suffix(".fountain"))
    page = shared(name).read_text(encoding="utf-8")
    assert _marked(script) == _kinds(page)


def _kinds(page: str) -> list[tuple[str, str]]:
    page = page.replace("<br/>", "\n")
    page = re.sub(r'<span class="scnum.">[^<]*</span>', "", page)
    found = re.findall(
        r'<(?:h([1-6])[^>]*|span class="h\d-(synopsis)"|p class="(character|parenthetical)"'
        r'|div class="(transition)"|(p))>(.*?)</',
        page,
        re.DOTALL,
    )
    out = []
    for level, synopsis, spoken, transition, _, text in found:
        kind = "heading" if level == "6" else "section" if level else ""
        kind = kind or synopsis or spoken or transition or "text"
        said = html.unescape(re.sub(r"<[^>]+>", "", text)).replace("\xa0", " ")
        if kind == "transition":
            said = said.upper()
        if said.strip():
            out += [(kind, " ".join(t.split())) for t in said.split("\n") if t.strip()]
    return out


def _marked(script: Screenplay) -> list[tuple[str, str]]:
    out = []
    for e in script.elements:
        if e.kind in ("note", "boneyard", "page_break"):
            continue
        kind = "text" if e.kind in ("action", "dialogue") else e.kind
        said = plain(e.text).upper() if kind == "transition" else plain(e.text)
        out += [(kind, " ".join(t.split())) for t in said.split("\n") if t.strip()]
    return out


@pytest.mark.parametrize("name", every(".pdf"))
def test_pdf_says_what_its_fountain_says(name: str) -> None:
    script = read_script(shared(name))
    expected = read_script(shared(name).with_suffix(".fountain"))
    if "extended-characters" in name:  # the suite's own font has no glyphs for these letters
        assert [r.what for r in script.report if r.level == "lost"] == [
            "22 characters whose font does not say which letters they are"
        ]
        return
    assert _printed(script) == _printed(expected)
    assert [s.number for s in script.scenes] == [s.number for s in expected.scenes]
    assert [e.dual for e in script.elements] == [e.dual for e in expected.elements]


def _at(suite: str, name: str) -> list[tuple[str, str]]:
    return shape(read_script(shared("tests", suite, name)))


def test_nyousefi_headings() -> None:
    got = _at("tests_nyousefi", "SceneHeaders.fountain")
    kinds = [k for k, _ in got]
    assert kinds[:15] == ["heading"] * 15
    assert got[14] == ("heading", "KITCHEN")
    assert kinds[15:] == ["action", "action", "action", "heading"]
    numbers = read_script(shared("tests/tests_nyousefi/SceneNumbers.fountain"))
    assert [s.number for s in numbers.scenes] == ["1", "1A", "1a", "A1", "I-1-A", "1.", "110A"]


def test_nyousefi_speeches() -> None:
    script = read_script(shared("tests/tests_nyousefi/Dialogue.fountain"))
    cues = [e.text for e in script.elements if e.kind == "character"]
    assert cues == [
        "ADAM", "EVE (O.S.)", "ADAM", "EVE", "EVE (cont'd)", "ADAM", "EVE", "ADAM", "EVE", "R2D2",
        "ADAM", "EVE",
    ]  # fmt: skip
    assert [e.dual for e in script.elements if e.kind == "character"].index(True) == 8
    said = [e.text for e in script.elements if e.kind == "dialogue"]
    assert (
        "That was really weird.\nI can be weird to. Here's\na space in the dialogue\nblock\n\n"
        in said[-2]
    )
    assert ("action", "23 (O.S.)\nCharacter name must include a letter") in shape(script)
    assert ("parenthetical", "(feeling cocky)") in shape(script)


def test_nyousefi_transitions() -> None:
    kinds = [k for k, _ in _at("tests_nyousefi", "Transitions.fountain")]
    # "CUT TO:  " ends in spaces: Fountain 1.1 and the same suite's Simple.fountain say action.
    assert kinds == [*["transition"] * 4, "action", "transition", "transition"]
    assert _at("tests_nyousefi", "Simple.fountain")[-1] == ("action", "CUT TO:")


def test_nyousefi_outline_and_notes() -> None:
    script = read_script(shared("tests/tests_nyousefi/SectionHeaders.fountain"))
    assert [e.depth for e in script.elements] == [1, 1, 1, 1, 1, 2, 3]
    assert [k for k, _ in _at("tests_nyousefi", "Synopses.fountain")] == ["section", "synopsis"] * 3
    notes = _at("tests_nyousefi", "Notes.fountain")
    assert [k for k, _ in notes] == ["action", "note", "note", "action"]
    bones = _at("tests_nyousefi", "Boneyard.fountain")
    assert [k for k, _ in bones] == ["action", "boneyard", "boneyard", "action"]
    assert [k for k, _ in _at("tests_nyousefi", "CenteredText.fountain")] == [
        "centred", "transition", "centred", "centred"]  # fmt: skip
    assert [k for k, _ in _at("tests_nyousefi", "PageBreaks.fountain")][1::2] == ["page_break"] * 2
    assert _at("tests_nyousefi", "ForcedElements.fountain") == [
        ("action", "BANG\nBANG\nBANG"), ("character", "McDUCK"), ("dialogue", "I'm vegan."),
        ("character", "SINGER"), ("lyric", "These are the songs"), ("lyric", "That I sing."),
    ]  # fmt: skip


def test_fountain_tools_cues() -> None:
    """Of this suite one line differs: "3CPO" opens a speech, as Fountain asks for one letter."""
    script = read_script(shared("tests/tests_fountain-tools/Character.fountain"))
    cues = [(e.text, e.dual) for e in script.elements if e.kind == "character"]
    assert cues == [
        ("STEEL", False), ("STEEL", False), ("STEEL (CONT'D)", False),
        ("BOB (test extension)", False), ("MOM (O. S.)", False), ("Han (O.S.)", False),
        ("STEEL (V.O.) (CONT'D)", False), ("STEEL (V.O.) (CONT’D)", False), ("3CPO", False),
        ("C3PO", False), ("3CPO", False), ("DONT", False), ("ME", False), ("BUT (Dual)", True),
        ("TEST", False), ("TEST2", True),
    ]  # fmt: skip


def test_fountain_tools_writers_twin() -> None:
    """What that suite's writer made of its own files is read as those files are."""
    for plain_name, written in (("UTF8.fountain", "UTF8-output.fountain"),):
        twins = [
            read_script(shared("tests/tests_fountain-tools", n)) for n in (plain_name, written)
        ]
        assert _printed(twins[0]) == _printed(twins[1])


def test_whole_scripts() -> None:
    macbeth = read_script(shared("macbeth_standardebooks.fountain"))
    assert len(macbeth.scenes) == 28
    assert not [r for r in macbeth.report if r.level == "lost"]
    assert macbeth.cast[0].name == "MACBETH"
    assert 600 < macbeth.eighths < 1100
    bob = read_script(shared("Cyber_Bob_ep00001.fountain"))
    assert [s.time for s in bob.scenes] == ["DAY", "DAY", "NIGHT"]

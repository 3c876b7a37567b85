"""What is read off a script: sluglines, eighths, cast, proposals; and files that are none."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from screenplays import fountain, words, words_of
from setpiece.errors import ScriptError
from setpiece.script import read_script
from setpiece.script.eighths import count_lines, pages
from setpiece.script.marks import split_cue
from setpiece.script.read import read_bytes
from setpiece.script.slug import read_slug

TOWER = """Title: The Tower
Author: A. Writer

EXT. SQUARE - DAY #1#

A CROWD looks up. ANA, in a red coat, runs to the car. The tower collapses in a cloud of dust.

ANA (V.O.)
I told them.

MAYOR PEREZ, 60, drops his phone.

INT. CAR - CONTINUOUS #2#

ANA
(to herself)
Drive.

ANA (CONT'D)
Drive!

LUCA
I am.

EXT. BRIDGE - NIGHT #2#

Ana and Luca leap over the rail. A dog barks.
"""


@pytest.mark.parametrize(
    ("heading", "setting", "place", "time"),
    [
        ("INT. HOUSE - DAY", "INT", "HOUSE", "DAY"),
        ("EXT. FOREST -- NIGHT", "EXT", "FOREST", "NIGHT"),
        ("INT./EXT. CAR - CONTINUOUS", "INT/EXT", "CAR", "CONTINUOUS"),
        ("I/E. CAR - MOMENTS LATER", "INT/EXT", "CAR", "LATER"),
        ("INT HOUSE DAY", "INT", "HOUSE", "DAY"),
        ("EST. HOUSE - DAY", "EXT", "HOUSE", "DAY"),
        ("INT. HOUSE - KITCHEN - DAY (1979)", "INT", "HOUSE - KITCHEN", "DAY"),
        ("EXT. HOUSE - NEXT DAY", "EXT", "HOUSE", "DAY"),
        ("INT. CASA - NOTTE", "INT", "CASA", "NIGHT"),
        ("EST. PIAZZA - ALBA", "EXT", "PIAZZA", "DAWN"),
        ("ESTERNO. CAMPO - GIORNO", "EXT", "CAMPO", "DAY"),
        ("EXT. CALLE - ANOCHECER", "EXT", "CALLE", "DUSK"),
        ("INT. MAISON - NUIT", "INT", "MAISON", "NIGHT"),
        ("EXT. RUE - JOUR", "EXT", "RUE", "DAY"),
        ("INNEN. KÜCHE - TAG", "INT", "KÜCHE", "DAY"),
        ("AUSSEN. STRASSE - NACHT", "EXT", "STRASSE", "NIGHT"),
        ("AUßEN. STRAßE - NACHT", "EXT", "STRAßE", "NIGHT"),
        ("INNEN/AUSSEN. AUTO - ABEND", "INT/EXT", "AUTO", "EVENING"),
        ("INT. SALA - MANHÃ", "INT", "SALA", "MORNING"),
        ("BUITEN. STRAAT - AVOND", "EXT", "STRAAT", "EVENING"),
        ("ИНТ. ДОМ - НОЧЬ", "INT", "ДОМ", "NIGHT"),
        ("SIS. KEITTIÖ - YÖ", "INT", "KEITTIÖ", "NIGHT"),
        ("KÜLSŐ. ERDŐ - ÉJSZAKA", "EXT", "ERDŐ", "NIGHT"),
        ("ΕΞΩΤ. ΔΑΣΟΣ - ΝΥΧΤΑ", "EXT", "ΔΑΣΟΣ", "NIGHT"),
        ("ІНТ. КУХНЯ - РАНОК", "INT", "КУХНЯ", "MORNING"),
        ("ЕКСТ. ГОРА - НОЩ", "EXT", "ГОРА", "NIGHT"),
        ("EXT. SKOV - AFTEN", "EXT", "SKOV", "EVENING"),
        ("INT. BUCĂTĂRIE - ZI", "INT", "BUCĂTĂRIE", "DAY"),
        ("İÇ. EV - GÜNDÜZ", "INT", "EV", "DAY"),
        ("内景 厨房 日", "INT", "厨房", "DAY"),
        ("屋外。森 - 夜", "EXT", "森", "NIGHT"),
        ("실내. 부엌 - 밤", "INT", "부엌", "NIGHT"),
        ("داخلي. مطبخ - ليل", "INT", "مطبخ", "NIGHT"),
        ("חוץ/פנים. רכב - יום", "INT/EXT", "רכב", "DAY"),
        ("INT. THE DEN", "INT", "THE DEN", ""),
        ("VOID", "", "VOID", ""),
    ],
)
def test_sluglines_of_many_languages(heading: str, setting: str, place: str, time: str) -> None:
    slug = read_slug(heading)
    assert (slug.setting, slug.place, slug.time) == (setting, place, time)
    if setting:
        assert [s.heading for s in fountain(f"{heading}\n\nX.\n").scenes] == [heading]


@pytest.mark.parametrize(
    "line",
    [
        "Innen ist es warm.",
        "Est-il malade ?",
        "ESTABLISHING",
        "INTERIOR",
        "...int",
        "International",
        "SIS WALKS AWAY",
        "室内 很安静",
        "פנים יפות ראה האיש.",
    ],
)
def test_lines_that_only_look_like_sluglines(line: str) -> None:
    assert not fountain(f"{line}\n\nX.\n").scenes


def test_a_script_as_scenes_and_cast() -> None:
    script = fountain(TOWER)
    assert script.title == "The Tower"
    assert [s.speaking for s in script.scenes] == [("ANA",), ("ANA", "LUCA"), ()]
    assert [s.silent for s in script.scenes] == [(), (), ("ANA", "LUCA")]
    assert script.scenes[0].voices == ("ANA",)
    ana = script.cast[0]
    assert (ana.name, ana.speeches, ana.speaks_in, ana.silent_in) == ("ANA", 3, (1, 2), (3,))
    assert ana.variants == ("ANA (V.O.)", "ANA", "ANA (CONT'D)")
    assert [r.what for r in script.report] == ["scene number 2 is used 2 times"]
    assert script.report[0].line == 25


def test_proposals_say_where_they_come_from_and_are_not_confirmed() -> None:
    script = fountain(TOWER)
    found = {(p.category, p.item): p for s in script.scenes for p in s.proposals}
    assert {
        ("crowds", "crowd"), ("wardrobe", "coat"), ("vehicles", "car"), ("vfx", "collapses"),
        ("effects", "dust"), ("cast", "MAYOR PEREZ"), ("props", "phone"), ("stunts", "leap"),
        ("animals", "dog"),
    } <= set(found)  # fmt: skip
    assert found["vfx", "collapses"].words == "The tower collapses in a cloud of dust."
    assert not any(p.confirmed for p in found.values())


def test_names_of_the_cast_are_no_animals() -> None:
    script = fountain("INT. X - DAY\n\nMr Fox sits. A fox runs.\n\nMR FOX\nHi.\n")
    assert [p.words for p in script.scenes[0].proposals] == ["A fox runs."]
    assert not fountain("INT. X - DAY\n\nFox sits.\n\nFOX\nHi.\n").scenes[0].proposals


@pytest.mark.parametrize(
    ("cue", "name", "extensions"),
    [
        ("ANA (V.O.) (CONT'D)", "ANA", ("V.O.", "CONT'D")),
        ("McDuck", "MCDUCK", ()),
        ("HANS (on the radio)", "HANS", ("on the radio",)),
    ],
)
def test_cues(cue: str, name: str, extensions: tuple[str, ...]) -> None:
    assert split_cue(cue) == (name, extensions)


def test_eighths_follow_the_rule() -> None:
    def of(body: str) -> int:
        return fountain(f"INT. X - DAY\n\n{body}\n").scenes[0].eighths

    assert of("Short.") == 1
    assert of("\n\n".join(["One line."] * 24)) == 7  # 3 + 24 x 2 = 51 of 55 lines
    assert of("\n\n".join(["One line."] * 26)) == 8
    assert of("\n".join(["One line."] * 106)) == 16
    assert of("[[" + "note " * 400 + "]]") == 1
    side_by_side = fountain("INT. X - DAY\n\nANA\nYes.\nNo.\n\nBO ^\nWhat?\n").scenes[0]
    in_turn = fountain("INT. X - DAY\n\nANA\nYes.\nNo.\n\nBO\nWhat?\n").scenes[0]
    assert count_lines(in_turn.elements) - count_lines(side_by_side.elements) == 3
    assert [pages(n) for n in (1, 8, 13, 16, 0)] == ["1/8", "1", "1 5/8", "2", "0/8"]


@given(st.integers(1, 300))
def test_a_longer_scene_is_never_shorter(n: int) -> None:
    lengths = [
        fountain("INT. X - DAY\n\n" + "\n\n".join(["word " * 12] * k)).scenes[0].eighths
        for k in (n, n + 1)
    ]
    assert lengths[0] <= lengths[1]


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        ("cp1252", "windows-1252"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-8-sig", ""),
    ],
)
def test_other_encodings_are_read_and_said_so(codec: str, said: str, tmp_path: Path) -> None:
    text = TOWER.replace("ANA", "ANAÏS").replace("\n", "\r\n")
    (tmp_path / "a.fountain").write_bytes(text.encode(codec))
    script = read_script(tmp_path / "a.fountain")
    assert script.cast[0].name == "ANAÏS"
    assert [r.what for r in script.report if "read as" in r.what] == (
        [f"read as {said}; save as UTF-8 to be sure"] if said else []
    )


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "is empty"),
        (bytes(range(256)) * 40, "binary"),
        (b"PK\x03\x04zip", "is a zip"),
        (b"%PDF-1.4 broken", "cannot be read"),
        (b"x" * 20_000_001, "under 20 MB"),
        (("It was a dark and stormy night. The rain fell. " * 500).encode(), "prose"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "binary"),
    ],
)
def test_what_is_no_script_is_refused(data: bytes, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "a.fountain").write_bytes(data)
    with pytest.raises(ScriptError, match=complaint):
        read_script(tmp_path / "a.fountain")


def test_an_absent_file_is_named() -> None:
    with pytest.raises(ScriptError, match=r"nowhere\.fountain"):
        read_script("nowhere.fountain")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for head in (b"", b"%PDF-1.7\n", b"<?xml version='1.0'?>\n<FinalDraft>"):
        complaint = "any: "
        try:
            read_bytes(head + data, "any")
        except ScriptError as error:
            complaint = str(error)
        assert complaint.startswith("any: ")


def test_doubtful_lines_are_remarked() -> None:
    script = fountain(
        "Action first.\nINT. HIDDEN - DAY\nmore.\n\n"
        "INT. A - DAY\nNo gap.\n\n.THE VOID\n\n/* open\n\n[[open\n"
    )
    said = {(r.line, r.what.split(";")[0]) for r in script.report}
    assert (2, "looks like a slugline, but stands inside action") in said
    assert (5, "slugline with no empty line after it") in said
    assert (8, "slugline says neither INT nor EXT") in said
    assert (10, "/* is never closed") in said
    assert any(line == 12 and "[[ is not closed" in what for line, what in said)


def test_a_script_without_sluglines_says_so() -> None:
    script = fountain("ANA\nHello.\n")
    assert not script.scenes
    assert script.cast[0].name == "ANA"
    assert "no slugline found: the script has no scenes" in [r.what for r in script.report]


def test_four_hundred_pages() -> None:
    one = "INT. ROOM {n} - DAY\n\nSomebody comes in.\n\nANA\nHello.\n\nBO\nYes.\n\n"
    body = "".join(
        one.format(n=n) + "She waits a long time by the window.\n\n" * 20 for n in range(400)
    )
    script = fountain(body)
    assert len(script.scenes) == 400
    assert words_of(script) == words(body)


def _pdf(scan: bool = False) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=1)
    if scan:
        from PIL import Image

        canvas.drawInlineImage(Image.new("L", (60, 60), 200), 72, 72, 400, 500)
        canvas.showPage()
        canvas.save()
        return out.getvalue()
    canvas.setFont("Courier", 12)
    canvas.drawString(250, 500, "THE TOWER")
    canvas.drawString(270, 476, "Written by")
    canvas.drawString(265, 452, "A. Writer")
    canvas.drawString(108, 80, "a@example.org")
    canvas.showPage()
    for number, lines in enumerate(PAGES, 1):
        canvas.setFont("Courier", 12)
        canvas.drawString(525, 756, f"{number}.")
        for row, (x, text) in enumerate(lines):
            if text:
                canvas.drawString(x, 708 - 12 * row, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


PAGES = (
    [
        (54, "12A   INT. TOWER - NIGHT                                     12A"), (0, ""),
        (108, "Ana climbs the last of the many stairs and stands at the top"),
        (108, "of the tower. She breathes."), (0, ""),
        (266, "ANA (V.O.)"), (223, "(quietly)"), (180, "I never thought that it would be"),
        (180, "so high up here."), (266, "(MORE)"),
    ],
    [
        (266, "ANA (V.O.) (CONT'D)"), (180, "But it is."), (0, ""), (432, "CUT TO:"), (0, ""),
        (108, "EXT. STREET - DAY"), (0, ""), (108, "Rain."),
    ],
)  # fmt: skip


def test_a_pdf_is_read_by_its_columns() -> None:
    script = read_bytes(_pdf(), "a.pdf")
    assert script.title_page == (
        ("Title", ("THE TOWER",)), ("Credit", ("Written by",)), ("Author", ("A. Writer",)),
        ("Contact", ("a@example.org",)),
    )  # fmt: skip
    assert [(s.number, s.heading) for s in script.scenes] == [
        ("12A", "INT. TOWER - NIGHT"), ("", "EXT. STREET - DAY")]  # fmt: skip
    assert [(e.kind, e.text) for e in script.scenes[0].elements[1:]] == [
        (
            "action",
            "Ana climbs the last of the many stairs and stands at the top of the tower. "
            "She breathes.",
        ),
        ("character", "ANA (V.O.)"),
        ("parenthetical", "(quietly)"),
        ("dialogue", "I never thought that it would be so high up here.\nBut it is."),
        ("transition", "CUT TO:"),
    ]
    left = [r.text for r in script.report if "left out" in r.what]
    assert left == ["1.", "(MORE)", "2.", "ANA (V.O.) (CONT'D)"]


def test_a_pdf_of_scans_says_so() -> None:
    with pytest.raises(ScriptError, match="OCR"):
        read_bytes(_pdf(scan=True), "scan.pdf")


def test_runs_of_one_line_follow_one_another() -> None:
    """A text object with several runs tells each the same place: they are not sorted by letters."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=1)
    line = canvas.beginText(108, 700)
    for font, part in (("Courier", "Why are "), ("Courier-Bold", "you"), ("Courier", " here?")):
        line.setFont(font, 12)
        line.textOut(part)
    canvas.drawText(line)
    canvas.drawString(266, 676, "THE END")
    canvas.showPage()
    canvas.save()
    script = read_bytes(out.getvalue())
    assert [(e.kind, e.text) for e in script.elements] == [
        ("action", "Why are you here?"),
        ("centred", "THE END"),
    ]

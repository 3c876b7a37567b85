"""Final Draft's own matters: revisions, omitted scenes, two at once, notes; and XML that harms."""

from __future__ import annotations

import pytest

from screenplays import fountain, shape
from setpiece.errors import ScriptError
from setpiece.script import Screenplay, fdx_bytes, fountain_text
from setpiece.script.read import read_bytes

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<FinalDraft DocumentType="Script" Version="5">'


def _fdx(body: str, after: str = "", codec: str = "utf-8") -> Screenplay:
    return read_bytes(f"{HEAD}<Content>{body}</Content>{after}</FinalDraft>".encode(codec), "a.fdx")


def _p(kind: str, text: str, **more: str) -> str:
    said = "".join(f' {k}="{v}"' for k, v in more.items())
    return f'<Paragraph Type="{kind}"{said}><Text>{text}</Text></Paragraph>'


OMITTED = (
    _p("Scene Heading", "INT. KITCHEN - NIGHT", Number="20")
    + _p("Action", "The kettle sings.")
    + '<Paragraph Type="Scene Heading" Number="21"><Text>OMITTED</Text><OmittedScene>'
    + _p("Scene Heading", "EXT. YARD - DUSK")
    + _p("Action", "Mara waits.")
    + "</OmittedScene></Paragraph>"
    + _p("Scene Heading", "INT. HALL - DAY", Number="22")
)


def test_an_omitted_scene_keeps_its_number_and_its_words() -> None:
    script = _fdx(OMITTED)
    assert [(s.number, s.omitted, s.eighths > 0) for s in script.scenes] == [
        ("20", False, True), ("21", True, False), ("22", False, True)]  # fmt: skip
    assert [e.text for e in script.scenes[1].elements] == [
        "OMITTED",
        "EXT. YARD - DUSK",
        "Mara waits.",
    ]
    again = read_bytes(fdx_bytes(script))
    assert shape(again) == shape(script)
    assert [s.omitted for s in again.scenes] == [False, True, False]
    text = fountain_text(script)
    assert "Mara waits." in text
    assert [(s.number, s.omitted) for s in fountain(text).scenes] == [
        ("20", False), ("21", True), ("22", False)]  # fmt: skip


def test_revisions_keep_their_names() -> None:
    revised = '<Paragraph Type="Action"><Text RevisionID="2">New.</Text></Paragraph>'
    sets = '<Revisions><Revision ID="1" Name="Blue"/><Revision ID="2" Name="Pink"/></Revisions>'
    script = _fdx(_p("Scene Heading", "INT. A - DAY") + revised + _p("Action", "Old."), sets)
    assert [e.revision for e in script.elements] == ["", "Pink", ""]
    assert script.scenes[0].revisions == ("Pink",)
    assert [e.revision for e in read_bytes(fdx_bytes(script)).elements] == ["", "Pink", ""]


def test_two_who_speak_at_once() -> None:
    script = fountain("INT. A - DAY\n\nANA\nYes.\n\nBO ^\n(low)\nNo.\n\nRain.\n")
    data = fdx_bytes(script)
    assert data.count(b"<DualDialogue>") == 1
    again = read_bytes(data)
    assert [(e.kind, e.dual) for e in again.elements if e.kind == "character"] == [
        ("character", False), ("character", True)]  # fmt: skip
    assert shape(again) == shape(script)


def test_styles_notes_and_outline_survive() -> None:
    text = (
        "# Act One\n\n= Told.\n\nINT. A - DAY #4#\n\n"
        "*Slow* and **loud** a [[why?]] b\n\n[[alone]]\n\n"
        "/* away */\n\n> END <\n\n===\n\nANA\nOne.\n  \nTwo.\n"
    )
    script = fountain(text)
    assert shape(read_bytes(fdx_bytes(script))) == shape(script)


def test_text_split_into_runs_and_blank_dialogue() -> None:
    script = _fdx(
        _p("Character", "ANA") + '<Paragraph Type="Dialogue"><Text>A </Text>'
        '<Text Style="Bold+AllCaps">big</Text><Text> dog</Text></Paragraph>'
        + '<Paragraph Type="Dialogue"></Paragraph>'
        + _p("Dialogue", "Barks.")
        + _p("Wibble", "What is this?")
    )
    assert shape(script) == [
        ("character", "ANA"), ("dialogue", "A **big** dog\n\nBarks."), ("action",
        "What is this?")]  # fmt: skip
    assert any("Wibble" in r.what and r.text == "What is this?" for r in script.report)


def test_unknown_parts_with_words_are_named() -> None:
    script = _fdx(_p("Action", "A."), "<Secret><Thing>Lost words</Thing></Secret>")
    assert [(r.level, r.text) for r in script.report if r.level == "lost"] == [
        ("lost", "Lost words")
    ]


def test_alternative_dialogue_is_kept_as_a_note() -> None:
    alt = '<Alt Id="1"><Paragraph><Text>Or this.</Text></Paragraph></Alt>'
    script = _fdx(_p("Action", "A."), f"<AltCollection>{alt}</AltCollection>")
    assert script.elements[-1].kind == "note"
    assert script.elements[-1].text == "Alternative dialogue: Or this."
    assert [r.level for r in script.report if r.text == "Or this."] == ["note"]


_TAGS = """<TagData><TagCategories>
<TagCategory Id="p" Name="Props" Number="5"/><TagCategory Id="c" Name="Cast" Number="1"/>
<TagCategory Id="h" Name="Hats &amp; Wigs" Number="40"/></TagCategories><TagDefinitions>
<TagDefinition CatId="p" Id="d1" Label="Old revolver" Number="1"/>
<TagDefinition CatId="c" Id="d2" Label="Leo" Number="2"/>
<TagDefinition CatId="h" Id="d3" Label="Bowler" Number="3"/>
<TagDefinition CatId="p" Id="d4" Label="Never used" Number="4"/></TagDefinitions>
<Tags><Tag Number="1"><DefId>d1</DefId></Tag><Tag Number="2"><DefId>d2</DefId></Tag>
<Tag Number="3"><DefId>d3</DefId></Tag><Tag Number="9"><DefId>gone</DefId></Tag></Tags></TagData>"""


def test_breakdown_tags_become_confirmed_items_of_their_scene() -> None:
    body = (
        _p("Scene Heading", "INT. BAR - DAY")
        + '<Paragraph Type="Action"><Text>He draws his </Text><Text TagNumber="1">gun</Text>'
        '<Text>. A </Text><Text TagNumber="3">hat</Text><Text>. The </Text>'
        '<Text TagNumber="2">boy</Text><Text> hides.</Text></Paragraph>'
        + _p("Scene Heading", "INT. YARD - DAY")
        + _p("Character", "LEO")
        + _p("Dialogue", "No.")
    )
    script = _fdx(body, _TAGS)
    bar, yard = script.scenes
    sure = {(p.category, p.item) for p in bar.proposals if p.confirmed}
    assert sure == {("props", "old revolver"), ("other", "bowler"), ("cast", "LEO")}
    assert ("props", "gun") in {(p.category, p.item) for p in bar.proposals if not p.confirmed}
    assert bar.silent == ("LEO",)
    assert not [p for p in yard.proposals if p.confirmed]
    said = {(r.level, r.text) for r in script.report}
    assert ("note", "Bowler") in said
    assert ("lost", "Never used") in said
    assert any("tag 9" in r.what for r in script.report)


def test_notes_kept_beside_the_script_are_put_at_its_end() -> None:
    note = '<ScriptNote Range="0,2"><Paragraph><Text>Why?</Text></Paragraph></ScriptNote>'
    script = _fdx(_p("Action", "A."), f"<ScriptNotes>{note}</ScriptNotes>")
    assert shape(script) == [("action", "A."), ("note", "Why?")]
    assert any("put at the end" in r.what for r in script.report)


def test_utf16_fdx() -> None:
    data = f"{HEAD.replace('UTF-8', 'UTF-16')}<Content>{_p('Action', 'È.')}</Content></FinalDraft>"
    script = read_bytes(data.encode("utf-16"), "a.fdx")
    assert shape(script) == [("action", "È.")]
    assert script.encoding == "utf-16-le"


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<FinalDraft><Content><Paragraph><Text>&b;</Text></Paragraph></Content></FinalDraft>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    "<FinalDraft><Content><Paragraph><Text>&e;</Text></Paragraph></Content></FinalDraft>"
)
REMOTE = '<!DOCTYPE x SYSTEM "http://localhost:1/x.dtd"><FinalDraft><Content/></FinalDraft>'


@pytest.mark.parametrize("data", [BOMB, OUTSIDE, REMOTE, BOMB.replace("<?xml", "\n <?xml")])
def test_bombs_and_external_entities_are_refused(data: str) -> None:
    with pytest.raises(ScriptError, match="refused"):
        read_bytes(data.encode(), "a.fdx")
    with pytest.raises(ScriptError, match="refused"):
        read_bytes(data.encode("utf-16"), "a.fdx")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ("<?xml version='1.0'?><svg/>", "root is <svg>"),
        ("<FinalDraft><Content>", "not whole XML"),
        ("<FinalDraft></FinalDraft>", "no <Content>"),
        ("<FinalDraft><Content>" + "<Paragraph><OmittedScene>" * 9000, "not whole|nests"),
        (
            "<FinalDraft><Content>"
            + "<Paragraph><OmittedScene>" * 400
            + "</OmittedScene></Paragraph>" * 400
            + "</Content></FinalDraft>",
            "nests",
        ),
    ],
)
def test_broken_fdx_is_refused(data: str, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint):
        read_bytes(data.encode(), "a.fdx")

"""Any text in, no word lost: Fountain -> model -> Fountain, and Fountain -> FDX -> model."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from screenplays import shape, words, words_of
from setpiece.errors import ScriptError
from setpiece.script import fdx_bytes, fountain_text
from setpiece.script.lines import plain, runs
from setpiece.script.read import read_bytes

PIECES = st.sampled_from((
    "INT. HOUSE - DAY", "EXT. CAMPO - NOTTE #12A#", ".VOID", "...not one", "ANA", "ANA (V.O.)",
    "BO ^",
    "@McCoy", "@3", "(softly)", "(", "Hello *you* there.", "~ la la", "CUT TO:", "CUT TO: ",
    "> END <",
    "> OUT", ">", "# Act", "## ", "#", "= told", "====", "===", "[[note]]", "[[a", "b]]", "/*",
    "*/",
    "/* x */ y", "a [[b]] c", "!BANG", "!", "  ", "", "", "", "    indented", "\tTAB", "Title: Foo",
    "Author: Me", "**b", "_u_ *i* ***bi***", r"\*spared\*", "FADE IN:", "OMITTED", "@", "~",
    "1) a: b",
    "INT. A [[n]] B", "ANA [[n]]", "//", "^", "A ^ B", "EST. X", "_*a_*", "] ]", "\u00a0",
    "Ünï ς ß",
))  # fmt: skip
SCRIPTS = st.lists(PIECES, max_size=24).map("\n".join)
ANY = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
    | st.sampled_from("\n\n\n \t#=@!~>.[]/*"),
    max_size=200,
)


def _check(text: str) -> None:
    try:
        script = read_bytes(text.encode(), "any.fountain")
    except ScriptError:
        assume(text.lstrip()[:1] not in ("<", "%"))  # begins as FDX or PDF does
        raise
    keys = words("\n".join(key for key, _ in script.title_page))
    assert words(text) == words_of(script) + keys
    again = read_bytes(fountain_text(script).encode())
    assert not words_of(script) - words_of(again)
    through = read_bytes(fdx_bytes(script))
    assert not words_of(script) - words_of(through)


@settings(max_examples=400, deadline=None)
@given(SCRIPTS)
def test_no_word_of_a_script_is_lost(text: str) -> None:
    _check(text)


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_no_word_of_any_text_is_lost(text: str) -> None:
    _check(text)


@settings(max_examples=400, deadline=None)
@given(SCRIPTS)
def test_what_is_written_reads_back_as_it_was(text: str) -> None:
    once = read_bytes(fountain_text(read_bytes(text.encode())).encode())
    twice = read_bytes(fountain_text(once).encode())
    assert shape(twice) == shape(once)
    assert twice.title_page == once.title_page


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab *_\\"), max_size=30))
def test_emphasis_takes_marks_only(line: str) -> None:
    assert "".join(t for t, _ in runs(line)).replace("*", "").replace("_", "").replace(
        "\\", ""
    ) == (line.replace("*", "").replace("_", "").replace("\\", ""))


def test_emphasis_as_fountain_has_it() -> None:
    bold, italic, under = (frozenset({s}) for s in ("Bold", "Italic", "Underline"))
    assert runs("*a* **b** ***c*** _d_") == [
        ("a", italic), (" ", frozenset()), ("b", bold), (" ", frozenset()), ("c", bold | italic),
        (" ", frozenset()), ("d", under),
    ]  # fmt: skip
    assert plain("He dialled *69 and then *23, and hung up.") == (
        "He dialled *69 and then *23, and hung up."
    )
    assert plain(r"on the keypad: **\*9765\***") == "on the keypad: *9765*"
    assert runs("_a *b* c_") == [("a ", under), ("b", under | italic), (" c", under)]
    assert plain("one *two\nthree* four") == "one *two\nthree* four"

"""A brief is read, said back, saved, and refused where it makes no sense."""
# ruff: noqa: SIM905

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from setpiece.collapse.brief import Brief, Mode, Side, load_brief, save_brief
from setpiece.collapse.brief_reader import EXAMPLE, read_brief
from setpiece.collapse.brief_server import ask_server
from setpiece.errors import BriefError, StoreError

_NOTES = {"text", "language", "not_understood"}


def fields(brief: Brief) -> dict[str, object]:
    return brief.model_dump(mode="json", exclude=_NOTES, exclude_defaults=True)


PHRASES = [
    (
        "dust: none; wind: 5 m/s from the left; it pancakes at 1.5",
        {"start": 1.5, "mode": "pancake", "dust": 0.0, "wind_from": "left", "wind_speed": 5.0},
    ),
    (
        "hold for 2 seconds then implode, dust everywhere, no slow motion",
        {"start": 2.0, "mode": "implode", "dust": 2.0},
    ),
    (
        "strong shaking, a bomb goes off on the second floor at three seconds; the facade falls "
        "forward",
        {
            "start": 3.0,
            "mode": "topple",
            "failure_storeys": [2],
            "direction": "front",
            "shake": 2.0,
        },
    ),
    (
        "the tower folds at the middle and falls to the right",
        {"mode": "topple", "then": "fold", "failure_side": "centre", "direction": "right"},
    ),
    (
        "a 3 secondi i primi due piani cedono e l'edificio cade in avanti",
        {"start": 3.0, "mode": "topple", "failure_storeys": [0, 1], "direction": "front"},
    ),
    (
        "a los tres segundos y medio fallan las dos plantas superiores",
        {"start": 3.5, "failure_storeys": [-2, -1]},
    ),
    (
        EXAMPLE,
        {
            "mode": "topple",
            "then": "fold",
            "failure_side": "left",
            "failure_storeys": [0],
            "direction": "left",
            "dust": 2.0,
            "wind_from": "right",
            "wind_speed": 3.0,
        },
    ),
    (
        "after two and a half seconds it pancakes from the third floor",
        {"start": 2.5, "mode": "pancake", "failure_storeys": [3]},
    ),
    (
        "the top three storeys collapse onto the rest",
        {"mode": "pancake", "failure_storeys": [-3, -2, -1]},
    ),
    ("it comes down floor by floor from the top", {"mode": "pancake", "failure_storeys": [-1]}),
    ("implodes", {"mode": "implode"}),
    ("only the right half comes down", {"mode": "partial", "failure_side": "right"}),
    ("the left half stays up", {"mode": "partial", "failure_side": "right"}),
    ("demolish the left side of the tower only", {"mode": "partial", "failure_side": "left"}),
    ("no dust", {"dust": 0.0}),
    ("a bit of dust", {"dust": 0.5}),
    ("not much dust", {"dust": 0.5}),
    ("no dust or debris", {"dust": 0.0, "debris": 0.0}),
    ("heavy dust and debris", {"dust": 2.0, "debris": 2.0}),
    ("very strong wind from behind", {"wind_from": "back", "wind_speed": 20.0}),
    ("wind at 20 km/h from the left", {"wind_from": "left", "wind_speed": 5.556}),
    ("wind blowing left", {"wind_from": "right", "wind_speed": 6.0}),
    ("dust drifts to the left", {"wind_from": "right", "wind_speed": 3.0}),
    ("leans towards us", {"mode": "topple", "direction": "front"}),
    ("topples away from the camera", {"mode": "topple", "direction": "back"}),
    ("falls left", {"mode": "topple", "direction": "left"}),
    ("collapses to the left", {"direction": "left"}),
    ("falls to the left and then folds", {"mode": "topple", "then": "fold", "direction": "left"}),
    ("it does not topple, it pancakes", {"mode": "pancake"}),
    ("at frame 1049 it implodes in slow motion", {"start": 2.0, "mode": "implode", "slow": 0.5}),
    ("30% speed", {"slow": 0.3}),
    ("half a second in, floors 2 to 4 give way", {"start": 0.5, "failure_storeys": [2, 3, 4]}),
    (
        "at second 2 the second and third floors give way at the back",
        {"start": 2.0, "failure_storeys": [2, 3], "failure_side": "back"},
    ),
    ("strong camera shake", {"shake": 2.0}),
    (
        "the collapse starts on the right at 3 seconds and runs through the building very fast",
        {"start": 3.0, "failure_side": "right", "spread": 120.0},
    ),
    ("the failure spreads at 25 m/s", {"spread": 25.0}),
    (
        "al secondo 2 cede il piano terra a sinistra, l'edificio crolla verso destra, molta "
        "polvere, vento leggero da sinistra",
        {
            "start": 2.0,
            "failure_storeys": [0],
            "failure_side": "left",
            "direction": "right",
            "dust": 2.0,
            "wind_from": "left",
            "wind_speed": 3.0,
        },
    ),
    (
        "dopo un secondo e mezzo si ribalta verso di noi, vento molto forte da dietro",
        {
            "start": 1.5,
            "mode": "topple",
            "direction": "front",
            "wind_from": "back",
            "wind_speed": 20.0,
        },
    ),
    (
        "dopo 2,5 secondi il secondo piano cede al centro e implode, senza polvere né detriti",
        {
            "start": 2.5,
            "failure_storeys": [2],
            "failure_side": "centre",
            "mode": "implode",
            "dust": 0.0,
            "debris": 0.0,
        },
    ),
    ("un piano dopo l'altro, dal tetto", {"mode": "pancake", "failure_storeys": [-1]}),
    (
        "a los 2 segundos cede la planta baja por la derecha; el edificio se desploma hacia la "
        "izquierda, mucho polvo, sin viento",
        {
            "start": 2.0,
            "failure_storeys": [0],
            "failure_side": "right",
            "direction": "left",
            "dust": 2.0,
        },
    ),
    (
        "la mitad izquierda se derrumba, el resto queda en pie",
        {"mode": "partial", "failure_side": "left"},
    ),
    (
        "cae hacia nosotros a cámara lenta, muchos escombros, la cámara tiembla",
        {"mode": "topple", "direction": "front", "slow": 0.5, "debris": 2.0, "shake": 1.0},
    ),
]


@pytest.mark.parametrize(("text", "expected"), PHRASES, ids=[p[0][:40] for p in PHRASES])
def test_phrases(text: str, expected: dict[str, object]) -> None:
    brief = read_brief(text)
    assert fields(brief) == expected
    assert brief.not_understood == ()


def test_languages_are_told_apart() -> None:
    assert read_brief("the block topples left").language == "en"
    assert read_brief("l'edificio si ribalta a sinistra").language == "it"
    assert read_brief("el edificio se vuelca hacia la izquierda").language == "es"


def test_floors_are_counted_the_british_way_except_in_american_spelling() -> None:
    assert read_brief("the first floor gives way").failure_storeys == (1,)
    assert read_brief("the first story gives way").failure_storeys == (0,)
    assert "counting the ground floor as zero" in read_brief("the first floor fails").words()


def test_frames_count_at_the_rate_of_the_plate() -> None:
    assert read_brief("at frame 1051 it implodes", fps=25).start == 2.0


def test_what_is_not_understood_is_said_in_the_directors_own_words() -> None:
    brief = read_brief("the Purple dragon topples left over 3 seconds, heavy dust")
    assert set(brief.not_understood) == {"Purple", "dragon", "3 seconds"}
    assert (brief.mode, brief.start) == (Mode.TOPPLE, 1.0)


def test_a_time_that_belongs_to_something_else_is_no_start() -> None:
    brief = read_brief("strong shaking from the start, the tower implodes at 2 s")
    assert (brief.start, brief.not_understood) == (2.0, ("from the start",))
    brief = read_brief("the collapse takes 4 seconds, it implodes")
    assert (brief.start, brief.not_understood) == (1.0, ("4 seconds",))


def test_what_must_not_fail_does_not() -> None:
    brief = read_brief("the ground floor does not fail; the third floor fails")
    assert (brief.failure_storeys, brief.not_understood) == ((3,), ("ground floor",))


def test_a_second_start_is_kept_out_and_said() -> None:
    brief = read_brief("at 2 s the ground floor fails, at 4 s the roof fails")
    assert brief.start == 2.0
    assert brief.not_understood == ("4 s",)


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("it topples left and falls right", ("topples left", "falls right")),
        ("no dust, then heavy dust", ("no dust", "heavy dust")),
        ("pancakes and topples", ("pancakes", "topples")),
        ("it must not topple; it topples left", ("not topple", "topples left")),
        ("topples straight down", ("topples straight down",)),
        ("polvere leggera, vento da destra, vento da sinistra", ("da destra", "da sinistra")),
        ("cede a la izquierda, cede a la derecha", ("izquierda", "derecha")),
    ],
)
def test_contradictions_quote_both_places(text: str, quotes: tuple[str, ...]) -> None:
    with pytest.raises(BriefError, match="contradicts") as caught:
        read_brief(text)
    assert all(quote in str(caught.value) for quote in quotes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \n\t\x00 ", "empty"),
        ("the cat sat quietly upstairs", "says nothing about a collapse"),
        ("asdf qwer zxcv", "for example"),
        ("topples " * 401, "too long"),
        ("word " * 10_000, "too long"),
        ("x" * 2001, "too long"),
        ("at 5000 s it topples", "start"),
        ("dust at 9", "dust"),
        ("wind at 300 km/h", "wind_speed"),
    ],
)
def test_refusals_say_what_to_do(text: str, says: str) -> None:
    with pytest.raises(BriefError, match=says):
        read_brief(text)


def test_marks_and_control_characters_are_harmless() -> None:
    brief = read_brief("<b>topples</b>\x07 left\u202e\x00")
    assert (brief.mode, brief.direction, brief.not_understood) == (Mode.TOPPLE, Side.LEFT, ())


_tame = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
_SOUP = st.lists(
    st.sampled_from(
        "the left right topples folds no not heavy dust wind from to on in 2 2,5 and a half "
        "second seconds floor top first third floors frame 1025 % m/s , ; . only half stands il "
        "piano cede destra verso da polvere e con sin viento la izquierda hacia very at camera "
        "shakes slow motion speed -1 storey 99999999999999999999 story to two".split()
    ),
    max_size=14,
).map(" ".join)


@_tame
@given(st.one_of(st.text(max_size=120), _SOUP))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        brief = read_brief(text)
    except BriefError:
        return
    again = read_brief(brief.words())
    assert fields(again) == fields(brief), brief.words()


def _numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda value: round(value, 3))


_BRIEFS = st.builds(
    Brief,
    start=_numbers(0, 600),
    mode=st.sampled_from([m for m in Mode if m != Mode.TOPPLE]),
    failure_side=st.sampled_from(Side),
    failure_storeys=st.sets(st.integers(-30, 60), max_size=4).map(lambda s: tuple(sorted(s))),
    direction=st.sampled_from(Side),
    spread=st.none() | st.sampled_from([5.0, 10.0, 60.0, 400.0]) | _numbers(0.01, 400),
    dust=st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0, 3.0]) | _numbers(0, 3),
    wind_from=st.sampled_from(Side),
    wind_speed=st.sampled_from([0.0, 1.5, 3.0, 6.0, 12.0, 20.0]) | _numbers(0, 40),
    debris=_numbers(0, 3),
    shake=_numbers(0, 2),
    slow=st.sampled_from([0.25, 0.5, 1.0]) | _numbers(0.1, 1),
) | st.builds(
    Brief,
    mode=st.just(Mode.TOPPLE),
    then=st.sampled_from([None, Mode.FOLD, Mode.PROGRESSIVE]),
    direction=st.sampled_from(Side),
)


@_tame
@given(_BRIEFS)
def test_words_read_back_to_the_same_brief(brief: Brief) -> None:
    again = read_brief(brief.words())
    assert fields(again) == fields(brief), brief.words()
    assert again.not_understood == (), brief.words()


@settings(max_examples=25, deadline=None)
@given(_BRIEFS)
def test_a_saved_brief_loads_as_it_was(brief: Brief) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "brief.toml"
        save_brief(brief, path)
        assert load_brief(path) == brief


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([p[0] for p in PHRASES if ";" in p[0] or "," in p[0]]), st.integers(0, 99))
def test_the_order_of_clauses_does_not_matter(text: str, seed: int) -> None:
    import re

    clauses = [part for part in re.split(r"[;,]\s", text) if part]
    random.Random(seed).shuffle(clauses)
    assert fields(read_brief("; ".join(clauses))) == fields(read_brief(text))


def test_the_toml_is_made_to_be_edited(tmp_path: Path) -> None:
    path = tmp_path / "brief.toml"
    save_brief(read_brief(EXAMPLE), path)
    text = path.read_text()
    assert "# pancake, topple, implode, fold, progressive, partial" in text
    path.write_text(text.replace('direction = "left"', 'direction = "right"'))
    assert load_brief(path).direction == Side.RIGHT
    path.write_text(text.replace('direction = "left"', 'direction = "up"'))
    with pytest.raises(BriefError, match=r"brief\.toml.*direction.*up"):
        load_brief(path)
    path.write_text(text + "\nspeed = 3\n")
    with pytest.raises(BriefError, match="speed"):
        load_brief(path)
    path.write_text("start = = 2")
    with pytest.raises(BriefError, match="not TOML"):
        load_brief(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BriefError, match="text file"):
        load_brief(path)
    with pytest.raises(BriefError, match="cannot be read"):
        load_brief(tmp_path / "none.toml")
    (tmp_path / "none").touch()
    with pytest.raises(StoreError, match=r"brief\.toml"):
        save_brief(Brief(), tmp_path / "none" / "brief.toml")


class _Server(BaseHTTPRequestHandler):
    asked: ClassVar[dict[str, object]] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).asked = json.loads(body)
        manner = self.path.strip("/").split("/")[0]
        brief = {"mode": "topple", "direction": "left", "start": 2.0, "not_understood": ["wow"]}
        replies = {
            "good": json.dumps(brief),
            "words": "I would love to help!",
            "fields": json.dumps({**brief, "explode": True}),
            "range": json.dumps({**brief, "dust": 99}),
            "list": "[1, 2]",
        }
        if manner == "fail":
            self.send_error(500, "out of memory")
            return
        if manner == "away":
            self.send_response(302)
            self.send_header("Location", "/good/v1/chat/completions")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        message = {"choices": [{"message": {"content": replies.get(manner, "")}}]}
        answer = {"json": b"{half", "shape": b'{"choices": []}', "huge": b" " * 1_100_000}
        self.wfile.write(answer.get(manner, json.dumps(message).encode()))

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = HTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


def test_a_server_reads_a_brief(server: str) -> None:
    brief = ask_server("make it go boom to the left", f"{server}/good/v1", model="tiny")
    assert fields(brief) == {"mode": "topple", "direction": "left", "start": 2.0}
    assert brief.text == "make it go boom to the left"
    assert brief.not_understood == ("wow",)
    assert _Server.asked["model"] == "tiny"
    schema = _Server.asked["response_format"]["json_schema"]["schema"]  # type: ignore[index]
    assert "failure_storeys" in schema["properties"]


@pytest.mark.parametrize(
    ("manner", "says"),
    [
        ("words", "not the JSON"),
        ("fields", "explode"),
        ("range", "dust"),
        ("list", "JSON list"),
        ("json", "OpenAI-compatible"),
        ("shape", "OpenAI-compatible"),
        ("huge", "more than 1 MB"),
        ("fail", "500"),
        ("away", "302"),
    ],
)
def test_a_server_that_misbehaves_is_named(server: str, manner: str, says: str) -> None:
    with pytest.raises(BriefError, match=says):
        ask_server("topples", f"{server}/{manner}")


def test_no_server_no_address_no_words(server: str) -> None:
    with pytest.raises(BriefError, match="cannot be reached"):
        ask_server("topples", "http://127.0.0.1:9", timeout=2)
    for address in ("file:///etc/passwd", "localhost", "http://", "http://[::1"):
        with pytest.raises(BriefError, match="not a web address"):
            ask_server("topples", address)
    with pytest.raises(BriefError, match="empty"):
        ask_server(" ", f"{server}/good")

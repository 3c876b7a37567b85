"""The board's page in a browser: it drags, it prices as Python does, and names stay text."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import boards
import pytest

from setpiece.schedule.arrange import dress
from setpiece.schedule.check import check
from setpiece.schedule.cost import evaluate
from setpiece.schedule.model import Day, Plan
from setpiece.schedule.money import spoken
from setpiece.schedule.order_file import read_order
from setpiece.schedule.rules import Rulebook
from setpiece.schedule.stripboard_html import write_stripboard_page

CHROMIUM = Path("/usr/bin/chromium")
RANDOM_BOARDS = 300


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not here: apt install chromium to run this")
    with sync.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens a plan's page; whatever goes wrong on it fails the test."""
    errors: list[str] = []
    pages = []

    def open_page(plan: Plan, **settings: Any) -> Any:
        file = write_stripboard_page(plan, tmp_path / "stripboard.html")
        page = browser.new_page(**{"viewport": {"width": 1400, "height": 1600}, **settings})
        pages.append(page)
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.on("request", lambda r: r.url.startswith("file:") or errors.append(r.url))
        page.goto(file.as_uri())
        page.wait_for_selector(".strip")
        return page

    yield open_page
    assert errors == []
    for page in pages:
        page.close()


@pytest.fixture
def page(opened: Callable[..., Any]) -> Any:
    return opened(boards.plan())


def priced(order: dict[str, Any], tmp_path: Path) -> tuple[int, dict[str, int], list[tuple]]:
    """The page's saved order, read and priced in Python."""
    file = tmp_path / "order.json"
    file.write_text(json.dumps(order), encoding="utf-8")
    plan = boards.plan()
    book = Rulebook(plan.breakdown, plan.calendar)
    days = dress(book, read_order(file, plan.breakdown))
    cost = evaluate(plan.breakdown, plan.calendar, days)
    rules = sorted((b.date.isoformat(), b.rule.kind, b.rule.subject) for b in check(book, days))
    return cost.total, {str(k): v for k, v in cost.parts.items()}, rules


def told(page: Any) -> tuple[int, dict[str, int], list[tuple]]:
    cost = page.evaluate("setpiece.cost()")
    broken = page.evaluate("setpiece.check()")
    rules = sorted((b["date"], b["kind"], b["subject"]) for b in broken)
    return cost["total"], cost["parts"], rules


def test_the_page_says_what_the_plan_costs_and_breaks(page: Any) -> None:
    plan = boards.plan()
    assert page.evaluate("setpiece.cost().total") == plan.cost.total
    assert page.text_content("#total") == spoken(plan.cost.total, "GBP")
    words = page.evaluate("setpiece.check().map((b) => b.words)")
    assert sorted(words) == sorted(plan.broken)
    assert page.locator(".strip").count() == len(plan.breakdown.strips)
    assert page.locator(".bone .strip").count() == 1


def test_a_dragged_strip_moves_and_is_priced_as_python_prices_it(page: Any, tmp_path: Path) -> None:
    before = told(page)
    for strip, target in (("11", "2"), ("12", "9"), ("4", "3"), ("1", "9")):
        page.locator(f'.strip[data-id="{strip}"]').drag_to(
            page.locator(f'.strip[data-id="{target}"]'), target_position={"x": 200, "y": 4}
        )
        order = page.evaluate("setpiece.order()")
        day = next(d["strips"] for d in order["days"] if target in d["strips"])
        assert day.index(strip) == day.index(target) - 1
        assert told(page) == priced(order, tmp_path)
    assert told(page) != before
    for _ in range(4):
        page.click("#undo")
    assert told(page) == before
    assert page.locator("#undo").is_disabled()
    page.click("#redo")
    assert told(page) != before


def test_within_a_day_onto_an_empty_day_and_into_the_boneyard(page: Any, tmp_path: Path) -> None:
    page.locator('.strip[data-id="5"]').drag_to(
        page.locator('.strip[data-id="1"]'), target_position={"x": 200, "y": 4}
    )
    assert page.evaluate("setpiece.order().days[0].strips") == ["5", "1"]
    page.locator('.strip[data-id="5"]').drag_to(page.locator(".day.empty").first)
    order = page.evaluate("setpiece.order()")
    assert [d["strips"] for d in order["days"]].count(["5"]) == 1
    assert told(page) == priced(order, tmp_path)
    page.locator('.strip[data-id="5"]').drag_to(page.locator(".boneyard"))
    assert "5" in page.evaluate("setpiece.order().unscheduled")


def test_keys_move_strips_over_day_breaks(page: Any) -> None:
    page.locator('.strip[data-id="5"]').focus()
    page.keyboard.press("Alt+ArrowDown")
    order = page.evaluate("setpiece.order()")
    assert order["days"][1]["strips"] == ["5", "2", "8"]
    page.keyboard.press("Alt+ArrowDown")
    assert page.evaluate("setpiece.order().days[1].strips") == ["2", "5", "8"]
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    assert page.evaluate("setpiece.order().days[0].strips") == ["1", "5"]
    page.keyboard.press("Delete")
    assert page.evaluate("setpiece.order().days[0].strips") == ["1"]
    page.keyboard.press("Control+z")
    assert page.evaluate("setpiece.order().days[0].strips") == ["1", "5"]
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.id") == "2"


@pytest.mark.parametrize("hours", [{}, boards.LATE], ids=["plain", "late"])
def test_any_board_costs_and_breaks_the_same_here_and_there(
    opened: Any, hours: dict[str, Any]
) -> None:
    """Seeded boards, wild ones too: all on one day, days off, dates after the end."""
    plan = boards.plan(**hours)
    page = opened(plan)
    book = Rulebook(plan.breakdown, plan.calendar)
    dates = page.evaluate("JSON.parse(document.getElementById('data').textContent).days")
    dates = [d["date"] for d in dates]
    rng = random.Random(4)
    ids = [s.id for s in plan.breakdown.strips]
    given = []
    for n in range(RANDOM_BOARDS):
        some = rng.sample(ids, rng.randint(0, len(ids)))
        spread = rng.sample(dates, min(len(dates), 1 + n % 12))
        board: dict[str, list[str]] = {}
        for strip in some:
            board.setdefault(rng.choice(spread), []).append(strip)
        given.append(board)
    found = page.evaluate("(boards) => boards.map((b) => setpiece.price(b))", given)
    for board, here in zip(given, found, strict=True):
        days = [Day(date=date.fromisoformat(d), strips=tuple(s)) for d, s in board.items()]
        days = list(dress(book, days))
        cost = evaluate(plan.breakdown, plan.calendar, days)
        assert here["total"] == cost.total
        assert here["parts"] == cost.parts
        assert (here["moves"], here["holds"]) == (cost.moves, cost.holds)
        assert sorted(b["words"] for b in here["broken"]) == sorted(
            b.words for b in check(book, days)
        )


def test_names_from_outside_stay_text(page: Any) -> None:
    assert page.evaluate("window.evil") is None
    assert page.locator("b b").count() == 0
    assert boards.SCRIPT in page.text_content("h1")
    assert "CAR {{script}}" in page.text_content('.strip[data-id="6A"]')
    row = page.locator("#people tr", has_text="BO <b>LI</b>")
    assert row.count() == 1


def test_the_saved_order_is_read_back(page: Any, tmp_path: Path) -> None:
    page.evaluate("setpiece.move('12', setpiece.order().days[0].date, 1)")
    plan = boards.plan()
    read = []
    for button in ("#json", "#csv"):
        with page.expect_download() as download:
            page.click(button)
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        read.append(read_order(file, plan.breakdown))
    assert read[0] == read[1]
    assert read[0][0].strips == ("1", "12", "5")
    assert read[0][0].date == boards.START


def test_printing_shows_the_board_alone(page: Any, tmp_path: Path) -> None:
    page.emulate_media(media="print")
    assert not page.locator("aside").is_visible()
    assert not page.locator("#undo").is_visible()
    assert page.locator(".strip").first.is_visible()


def test_days_after_the_last_are_there_to_drag_to(page: Any) -> None:
    last = max(d.date for d in boards.plan().days)
    dates = page.evaluate("JSON.parse(document.getElementById('data').textContent).days")
    assert dates[-1]["date"] > (last + timedelta(1)).isoformat()


class Finger:
    """Touches a page as a screen does; the browser makes pointer events and scrolling of it."""

    def __init__(self, page: Any) -> None:
        self.page, self.wire = page, page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        self.wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    def drag(self, start: tuple[float, float], end: tuple[float, float], lift: bool = True) -> None:
        self._send("touchStart", start)
        for n in range(1, 9):
            part = [a + (b - a) * n / 8 for a, b in zip(start, end, strict=True)]
            self._send("touchMove", (part[0], part[1]))
        if lift:
            self.lift()

    def lift(self) -> None:
        self._send("touchEnd")

    def cancel(self) -> None:
        self._send("touchCancel")


def middle(page: Any, selector: str, above: float = 0.0) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - above


def wait(page: Any, expression: str) -> None:
    """Until it is true: the page's policy keeps the browser from watching an expression itself."""
    for _ in range(300):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(30)
    raise AssertionError(expression)


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("screen", [
    {"viewport": {"width": 1280, "height": 900}, "has_touch": True}, PHONE,
], ids=["tablet", "phone"])  # fmt: skip
def test_a_finger_drags_a_strip_by_its_grip(
    opened: Any, screen: dict[str, Any], tmp_path: Path
) -> None:
    page = opened(boards.plan(), **screen)
    finger, before = Finger(page), told(page)
    finger.drag(middle(page, '.strip[data-id="5"] .grip'), middle(page, '.strip[data-id="2"]', 15))
    order = page.evaluate("setpiece.order()")
    assert order["days"][1]["strips"] == ["5", "2", "8"]
    assert told(page) == priced(order, tmp_path) != before
    page.click("#undo")
    assert told(page) == before
    finger.drag(middle(page, '.strip[data-id="5"] .grip'), middle(page, '.strip[data-id="2"]', 15),
                lift=False)  # fmt: skip
    finger.cancel()
    assert told(page) == before
    assert page.locator(".before, .behind, .dragged").count() == 0


def test_a_finger_elsewhere_scrolls(opened: Any) -> None:
    page = opened(boards.plan(), **PHONE)
    finger, order = Finger(page), page.evaluate("setpiece.order()")
    x, y = middle(page, '.strip[data-id="3"] .set')
    finger.drag((x, y), (x, y - 220))
    wait(page, "scrollY > 100")
    assert page.evaluate("setpiece.order()") == order


def test_a_finger_at_the_edge_carries_a_strip_on(opened: Any) -> None:
    page = opened(boards.plan(), **PHONE)
    finger = Finger(page)
    finger.drag(middle(page, '.strip[data-id="1"] .grip'), (350, 838), lift=False)
    wait(page, "document.querySelector('.bone').getBoundingClientRect().top < 760")
    finger.lift()
    assert "1" not in page.evaluate("setpiece.order().days[0].strips")


def test_a_phone_shows_the_whole_width_of_the_board(opened: Any) -> None:
    page = opened(boards.plan(), **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("setpiece.move('12', setpiece.order().days[0].date, 1)")
    assert spoken(page.evaluate("setpiece.cost().total"), "GBP") in page.text_content("#now")
    assert page.locator("#now").is_visible()

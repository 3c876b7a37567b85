"""The page to flip through, in a real browser; hostile scripts included."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from previs.film import film
from setpiece.previs.flip import write_flip

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
HOSTILE = '</script><img src=x onerror="window.hit=1"><!-- {{DATA}} {{SCRIPT}} "\\u2028\u2028 & <b>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if BROWSER is None:
        pytest.skip("no Chromium to open the page in")
    with playwright.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def _open(browser: Any, path: Path) -> tuple[Any, list[str]]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text))
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.on("request", lambda r: wrong.append(r.url) if r.url.startswith("http") else None)
    page.goto(path.as_uri())
    return page, wrong


def test_keys_turn_panels_and_scenes(browser: Any, tmp_path: Path) -> None:
    boards = film(tmp_path)
    write_flip(tmp_path / "flip.html", boards, tmp_path)
    shutil.rmtree(tmp_path / "panels")  # the page carries its pictures
    page, wrong = _open(browser, tmp_path / "flip.html")
    shot = page.locator("aside .shot")
    assert shot.inner_text() == "1A"
    for key, expected in (
        ("ArrowRight", "1B"), ("ArrowDown", "2A"), ("ArrowLeft", "1D"), ("End", "3D"),
        ("ArrowRight", "3D"), ("ArrowUp", "2A"), ("Home", "1A"), (" ", "1B"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert shot.inner_text() == expected
    assert page.evaluate("document.getElementById('picture').naturalWidth") == 480
    assert page.locator("#said").inner_text().startswith("INES")
    assert page.locator("#strip > div").count() == 3
    assert page.url.endswith("#1B")
    page.keyboard.press("g")
    assert page.locator("#grid figure").count() == 12
    page.locator("#grid figure").nth(6).click()
    assert shot.inner_text() == "2C"
    assert page.locator("aside").inner_text().count("edited by hand") == 1
    assert not wrong


def test_search_by_character_and_words(browser: Any, tmp_path: Path) -> None:
    write_flip(tmp_path / "flip.html", film(tmp_path), tmp_path)
    page, wrong = _open(browser, tmp_path / "flip.html")
    page.select_option("#who", "TOMÁS")
    assert page.locator("#where").inner_text() == "Panel 1 of 9 found"
    page.keyboard.press("/")
    page.keyboard.type("tomas square 2 pigeons")  # accents need not be typed
    assert page.locator("#where").inner_text() == "Panel 1 of 2 found"
    assert page.locator("aside .shot").inner_text() == "2A"
    assert page.locator("#strip .off").count() == 2
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    assert page.locator("aside .shot").inner_text() == "2C"
    page.fill("#find", "nothing has this")
    assert page.locator("#where").inner_text() == "No panel has that."
    page.keyboard.press("Escape")
    assert page.locator("#where").inner_text() == "Panel 5 of 9 found"
    assert not wrong


def test_whatever_a_script_says_is_text(browser: Any, tmp_path: Path) -> None:
    boards = film(tmp_path, 1, 2)
    said = replace(boards.panels[1].speeches[0], who=HOSTILE, words=HOSTILE)
    panels = (
        replace(
            boards.panels[0], slugline=HOSTILE, action=HOSTILE, reason=HOSTILE, shot=HOSTILE,
            name=HOSTILE, lens=HOSTILE, flags=(HOSTILE,), changed=(HOSTILE,), people=(HOSTILE,),
        ),
        replace(boards.panels[1], speeches=(said,)),
    )  # fmt: skip
    write_flip(
        tmp_path / "flip.html", replace(boards, title=HOSTILE, author=HOSTILE, panels=panels),
        tmp_path,
    )  # fmt: skip
    page, wrong = _open(browser, tmp_path / "flip.html")
    assert page.evaluate("window.hit") is None
    assert page.locator("img").count() == 1
    assert page.locator("h1").inner_text().startswith("</script><img")
    assert page.locator("aside .shot").text_content() == HOSTILE
    page.keyboard.press("ArrowRight")
    page.keyboard.press("g")
    assert page.locator("#grid figure").count() == 2
    assert page.evaluate("window.hit") is None
    assert not wrong


def test_playing_goes_on_by_itself(browser: Any, tmp_path: Path) -> None:
    boards = film(tmp_path, 1, 3)
    quick = tuple(replace(p, frames=3) for p in boards.panels)
    write_flip(tmp_path / "flip.html", replace(boards, panels=quick), tmp_path)
    page, wrong = _open(browser, tmp_path / "flip.html")
    page.keyboard.press("p")
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(page.locator("aside .shot")).to_have_text("1C")
    expect(page.locator("#play")).to_have_text("Play")
    assert not wrong

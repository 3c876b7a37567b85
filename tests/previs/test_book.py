"""The storyboard book, read back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from previs.film import film
from setpiece.errors import StageError
from setpiece.previs.book import write_book


def _text(path: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(path).pages]


def test_every_panel_is_in_the_book_and_in_the_list(tmp_path: Path) -> None:
    boards = film(tmp_path, 3, 5)
    write_book(tmp_path / "book.pdf", boards, tmp_path, "28 November 2026")
    cover, *pages = _text(tmp_path / "book.pdf")
    assert "The Tower" in cover
    assert "Shots" in cover
    assert len(pages) == 3 + 1  # fifteen panels, six a page, and the list
    for n, panel in enumerate(boards.panels):
        assert panel.shot in pages[n // 6]
        assert panel.shot in pages[-1]
    assert "six hundred years" in pages[0]
    assert "edited by hand" in pages[0]
    assert "* cast in: TOMÁS" in pages[0]
    pictures = [len(page.images) for page in PdfReader(tmp_path / "book.pdf").pages]
    assert pictures == [2, 6, 6, 3, 0]


def test_the_same_boards_give_the_same_book(tmp_path: Path) -> None:
    boards = film(tmp_path, 1, 2)
    for name in ("a.pdf", "b.pdf"):
        write_book(tmp_path / name, boards, tmp_path)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_words_without_end_and_letters_without_a_face(tmp_path: Path) -> None:
    boards = film(tmp_path, 1, 2)
    odd = "漢字 \x00\x1b[2J ﬁn " + "x" * 3000 + " word" * 2000
    said = replace(boards.panels[1].speeches[0], who=odd, words=odd)
    panels = tuple(
        replace(p, slugline=odd, action=odd, reason=odd, name=odd, people=(odd,) * 40,
                speeches=(said,))
        for p in boards.panels
    )  # fmt: skip
    write_book(tmp_path / "book.pdf", replace(boards, title=odd, panels=panels), tmp_path)
    assert len(_text(tmp_path / "book.pdf")) == 3


def test_a_picture_that_is_gone_is_named(tmp_path: Path) -> None:
    boards = film(tmp_path, 1, 2)
    (tmp_path / "panels" / "1B.jpg").write_bytes(b"not a picture")
    with pytest.raises(StageError, match=r"1B\.jpg"):
        write_book(tmp_path / "book.pdf", boards, tmp_path)
    assert not (tmp_path / "book.pdf").exists()

"""Reports of scheduling programs as people print them: layouts only, with scenes of our own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WIDTH, HEIGHT = 612.0, 792.0
CAST = {"1": "ANA", "2": "BO LI", "3": "THE MILLER", "7": "NORA", "12": "GHOST"}
SCENES = (
    # day, scene, side, set, what happens, light, script day, pages, cast, est., location
    (1, "3", "INT", "MILL - LOFT", "Ana finds the ledger.", "Day", "D2", "2 3/8", "1, 2",
     "3:30", "OLD MILL"),
    (1, "12A", "EXT", "MILL YARD", "Bo arrives with rain on his coat.", "Day", "D2", "1 1/8",
     "1, 2, 7", "2:00", "OLD MILL"),
    (1, "14", "INT", "MILL - CELLAR", "The water rises.", "Night", "N2", "5/8", "3",
     "1:15", "OLD MILL"),
    (2, "7", "EXT", "RIVER BANK", "Nora waits.", "Dusk", "D4", "6/8", "7", ":45", "FORD"),
    (2, "8, 9", "INT/EXT", "CAR", "They drive and do not speak.", "Night", "N4", "3", "1, 7",
     "4:00", "FORD"),
    (3, "21", "INT", "MILL - LOFT", "The ghost.", "Night", "N6", "1", "1, 12", "1:30", "OLD MILL"),
)  # fmt: skip
DATES = {1: "Monday, May 4, 2026", 2: "Tuesday, May 5, 2026", 3: "Thursday, May 7, 2026"}
TOTALS = {1: "4 1/8", 2: "3 6/8", 3: "1"}
PROPS = {"3": ("Ledger", "Lantern"), "12A": ("Umbrella",), "7": ("Fishing rod", "Knife")}
CROWD = {"12A": ("Carters (4)",), "21": ("Villagers (12)",)}


class Sheet:
    def __init__(self, path: Path) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self.canvas: Any = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
        self.page, self.y = 0, 0.0

    def head(self) -> None:
        if self.page:
            self.canvas.showPage()
        self.page += 1
        self.put(40, 36, "THE MILL", 14, "Helvetica-Bold")
        self.put(430, 36, "White schedule 4/1/26", 8)
        self.put(280, 770, f"Page {self.page}", 7)
        self.y = 64.0

    def put(self, x: float, y: float, words: str, size: float = 8, font: str = "Helvetica") -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, HEIGHT - y, words)

    def save(self) -> None:
        self.canvas.showPage()
        self.canvas.save()


def one_liner_in_columns(path: Path) -> None:
    """The scene's number between two lines, cast and extras labelled, the story day under the time
    of day, text strips between."""
    s = Sheet(path)
    s.head()
    s.put(40, 70, "CAST MEMBERS")
    for n, (number, name) in enumerate(CAST.items()):
        s.put(50, 84 + 11 * n, f"{number}. {name}")
    s.head()
    before = 0
    for day, scene, side, place, what, light, story, pages, cast, _, _ in SCENES:
        if before and day != before:
            _end(s, before, "--")
        if day == 3 and before != 3:
            s.head()
        before = day
        y = s.y + 12
        s.put(44, y + 5, scene, 10, "Helvetica-Bold")
        s.put(90, y, side)
        s.put(130, y, place, 9, "Helvetica-Bold")
        s.put(130, y + 10, what)
        s.put(340, y, light)
        s.put(346, y + 10, story)
        s.put(400, y, pages)
        s.put(424, y, "Pgs")
        s.put(470, y, f"C: {cast}")
        s.y += 30
    _end(s, before, "--")
    s.save()


def one_liner_in_lines(path: Path) -> None:
    """Everything of a strip in words, with labels: "Scenes: 3" and "2 3/8 pgs."."""
    s = Sheet(path)
    s.head()
    before = 0
    for day, scene, side, place, what, light, _, pages, cast, _, where in SCENES:
        if before and day != before:
            _end(s, before, ":")
        before = day
        y = s.y + 12
        s.put(44, y, "Scenes:", 7)
        s.put(74, y, scene)
        s.put(120, y, side)
        s.put(160, y, place, 8, "Helvetica-Bold")
        s.put(380, y, light)
        s.put(440, y, f"{pages} pgs.")
        s.put(160, y + 10, what)
        s.put(380, y + 10, where)
        s.put(500, y, cast)
        s.y += 28
    _end(s, before, ":")
    s.put(60, s.y + 30, "SOMETHING NOBODY FORESAW 99 %")
    s.save()


def shooting_schedule(path: Path) -> None:
    """Number, side, set, light and pages on one line; the breakdown in columns below."""
    s = Sheet(path)
    s.head()
    before = 0
    for day, scene, side, place, what, light, _, pages, cast, est, where in SCENES:
        if before and day != before:
            _end(s, before, "-")
        if day != before:
            s.y += 14
            s.put(40, s.y, f"Shoot Day # {day} -- {DATES[day]}", 10, "Helvetica-Bold")
        before = day
        if s.y > 560:
            s.head()
        y = s.y + 16
        s.put(40, y, f"Scene # {scene}", 9, "Helvetica-Bold")
        s.put(120, y, side, 9)
        s.put(160, y, place, 9, "Helvetica-Bold")
        s.put(380, y, light, 9)
        s.put(450, y, f"{pages} pgs", 9)
        s.put(160, y + 11, f"Synopsis: {what}")
        s.put(160, y + 21, f"Location: {where}")
        s.put(450, y + 11, f"Est. Time {est}")
        y += 34
        columns = {
            "Cast Members": [f"{c}.{CAST[c]}" for c in cast.split(", ")],
            "Props": list(PROPS.get(scene, ())),
            "Background Actors": list(CROWD.get(scene, ())),
        }
        x, deep = 50.0, 0
        for title, items in columns.items():
            if items:
                s.put(x, y, title, 8, "Helvetica-Bold")
                for n, item in enumerate(items, 1):
                    s.put(x + 4, y + 10 * n, item)
                deep = max(deep, len(items))
            x += 170
        s.y = y + 10 * deep + 6
    _end(s, before, "--")
    s.save()


def _end(s: Sheet, day: int, mark: str) -> None:
    y = s.y + 12
    words = {
        "--": f"End of Day # {day} -- {DATES[day]} -- Total Pages: {TOTALS[day]}",
        ":": f"End Day # {day} : {DATES[day]} -- Total : {TOTALS[day]} pgs",
        "-": f"End of Shooting Day {day} - {DATES[day]} - Total Pages: {TOTALS[day]}",
    }[mark]
    s.put(180, y, words, 8, "Helvetica-Bold")
    s.y += 22


def breakdown_sheets(path: Path) -> None:
    """A page a scene, everything under labels, the categories in boxes below."""
    s = Sheet(path)
    for n, row in enumerate(SCENES, 1):
        _, scene, side, place, what, light, _, pages, cast, est, where = row
        s.head()
        s.put(40, 70, f"Sheet #: {n}")
        s.put(200, 70, f"Scene #: {scene}")
        s.put(360, 70, f"Int/Ext: {side}")
        s.put(470, 70, f"Day/Night: {light}")
        s.put(40, 84, "Set:", 8, "Helvetica-Bold")
        s.put(110, 84, place)
        s.put(360, 84, f"Page Count: {pages}")
        s.put(470, 84, f"Est. Time: {est}")
        s.put(40, 98, f"Synopsis: {what}")
        s.put(40, 112, f"Location: {where}")
        s.put(50, 150, "Cast Members", 8, "Helvetica-Bold")
        for k, c in enumerate(cast.split(", "), 1):
            s.put(54, 150 + 11 * k, f"{c}. {CAST[c]}")
        s.put(300, 150, "Props", 8, "Helvetica-Bold")
        for k, item in enumerate(PROPS.get(scene, ()), 1):
            s.put(304, 150 + 11 * k, item)
    s.save()

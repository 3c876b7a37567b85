"""Progress bars and small tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

# What an artist calls each stage while waiting for it.
LABELS = {
    "brief": "Reading the brief",
    "layout": "Camera and building",
    "preview": "First look",
    "prep": "Plate prep",
    "fracture": "Breaking it up",
    "fall": "Structure and fall",
    "dust": "Dust",
    "debris": "Debris",
    "track": "Finding and following faces",
    "identity": "How far a face may go",
    "frames": "Render and comp",
    "shots": "Blocking and shot list",
    "panels": "Drawing panels",
    "animatic": "Animatic",
    "deliver": "Delivering",
    "warm": "Compiling kernels (once)",
}


class Bars:
    """A bar for each stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def begin(self, stage: str, reused: bool) -> None:
        label = LABELS.get(stage, stage)
        if reused:
            self._progress.console.print(f"[dim]{label}: kept from an earlier run[/dim]")
            return
        self._tasks[stage] = self._progress.add_task(label, total=1.0)

    def advance(self, stage: str, fraction: float) -> None:
        if stage in self._tasks:
            self._progress.update(self._tasks[stage], completed=fraction)

    def end(self, stage: str, seconds: float) -> None:
        if stage in self._tasks:
            self._progress.update(self._tasks[stage], completed=1.0)

    def say(self, text: str) -> None:
        # Paths and commands are there to be copied: never broken over lines.
        self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def watching() -> Iterator[Bars]:
    """Bars on the terminal; plain lines where the output is not one."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:<26}"),
        BarColumn(bar_width=32),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, refresh_per_second=4) as progress:
        yield Bars(progress)


def check_table(checks: Mapping[str, Mapping[str, Any]]) -> None:
    """The take's checks, one line each."""
    table = Table(box=None, pad_edge=False)
    for title in ("check", "", "measured", "limit", "unit"):
        table.add_column(title, justify="right" if title in ("measured", "limit") else "left")
    for name, c in checks.items():
        mark = "[green]holds[/green]" if c.get("ok") else "[red]fails[/red]"
        table.add_row(name, mark, _short(c.get("value")), _short(c.get("limit")), c.get("unit", ""))
    Console().print(table)


def cost_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Totals of each take."""
    table = Table(box=None, pad_edge=False)
    for title in ("take", "wall s", "CPU s", "peak MB", "cost"):
        table.add_column(title, justify="left" if title == "take" else "right")
    takes: dict[str, list[Mapping[str, Any]]] = {}
    for r in rows:
        name = f"{r['show']} {r['sequence']} {r['shot']} {r['task']} v{r['version']:03d}"
        takes.setdefault(name, []).append(r)
    for name, stages in takes.items():
        table.add_row(
            name,
            f"{sum(float(s['seconds']) for s in stages):.0f}",
            f"{sum(float(s['cpu_seconds']) for s in stages):.0f}",
            f"{max(float(s['peak_mb']) for s in stages):.0f}",
            f"{sum(float(s['cost']) for s in stages):.4f} {stages[0]['currency']}",
        )
    Console().print(table)


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return " to ".join(_short(v) for v in value)
    return "" if value is None else str(value)

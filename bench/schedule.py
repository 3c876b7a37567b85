"""The shooting plan: script order, a greedy plan and the solver, with its bound and its gap.

    python bench/schedule.py SCRIPT... --json out.json     # scripts and shows, 10 and 60 s each
    python bench/schedule.py SCRIPT... --short             # 10 s each: two minutes

Scripts get deals and a calendar of our own: the more scenes a performer has, the dearer
(`schedule_shows.calendar`). Synthetic shows are `schedule_shows.show` of so many strips, seed 1.
Costs in whole units of money; CPU-seconds of this process, kernels compiled before. The solver is
given its time as `setpiece schedule --solve` is. `what-if`: the dearest performer is away on the
first day on which they work. Rows are printed as they come, and last all of them as Markdown.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import Counter
from pathlib import Path
from typing import Any

from schedule_shows import calendar, show

from setpiece.media.atomic import whole_file
from setpiece.schedule.breakdown import break_down
from setpiece.schedule.make import Source, plan
from setpiece.schedule.model import Breakdown
from setpiece.schedule.rules import Rulebook
from setpiece.schedule.solve import solve
from setpiece.schedule.split import split_long
from setpiece.schedule.talent.solve import compile_kernels as compile_talent
from setpiece.schedule.whatif import what_if
from setpiece.script import read_script


def from_script(path: Path) -> Breakdown:
    found = break_down(read_script(path), path.name)
    scenes = Counter(n for s in found.strips for n in s.cast)
    people = []
    for place, p in enumerate(sorted(found.performers, key=lambda p: -scenes[p.name])):
        rate = 400_000 if place < 2 else 150_000 if place < 6 else 60_000
        hold = rate // 2 if place < 6 else rate
        people.append(p.model_copy(update={"rate": rate, "hold_rate": hold}))
    return found.model_copy(update={"performers": tuple(people)})


def measure(name: str, breakdown: Breakdown, times: tuple[float, ...]) -> list[dict[str, Any]]:
    source = Source(split_long(breakdown, calendar()).checked(name), calendar())
    rows = []
    for seconds in times:
        made, _ = plan(source, seconds)
        begun = time.process_time()
        star = max(source.breakdown.performers, key=lambda p: p.rate).name
        strips = made.breakdown.by_id
        busy = next(d.date for d in made.days if any(star in strips[i].cast for i in d.strips))
        answer = what_if(made, f"{star} away {busy}")
        rows.append({
            "show": name, "strips": len(source.breakdown.strips), "asked_s": seconds,
            "script_order": made.script_order.total // 100 if made.script_order else None,
            "greedy": made.greedy.total // 100 if made.greedy else None,
            "cost": made.cost.total // 100, "bound": made.bound // 100, "status": made.status,
            "gap": round(made.gap, 4), "cpu_s": made.seconds, "days": len(made.days),
            "whatif_cpu_s": round(time.process_time() - begun, 2), "whatif_moved":
            len(answer.moved), "whatif_dearer": answer.dearer // 100,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        })  # fmt: skip
        print(json.dumps(rows[-1]), flush=True)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    out = [
        "| show | strips | asked | CPU s | script order | greedy | plan | bound | gap "
        "| what-if: moved, dearer, CPU s | MB |",
        "|---|" + "---:|" * 10,
    ]
    for r in rows:
        money = (r["script_order"], r["greedy"], r["cost"], r["bound"])
        cells = [
            r["show"], r["strips"], f"{r['asked_s']:g}", f"{r['cpu_s']:.1f}",
            *("-" if m is None else f"{m:,}" for m in money),
            "proven" if r["status"] == "optimal" else f"{100 * r['gap']:.1f} %",
            f"{r['whatif_moved']}, {r['whatif_dearer']:,}, {r['whatif_cpu_s']:.1f}", r["peak_mb"],
        ]  # fmt: skip
        out.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scripts", nargs="*", type=Path)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    compile_talent()
    solve(Rulebook(show(12, 1), calendar()), 2.0)  # compiles the rest
    shows = [(p.stem, from_script(p)) for p in given.scripts]
    shows += [(f"synthetic {n}", show(n, 1)) for n in ((28, 60) if given.short else (60, 120))]
    times = (10.0,) if given.short else (10.0, 60.0)
    rows = [row for name, breakdown in shows for row in measure(name, breakdown, times)]
    print(table(rows))
    if given.json is not None:
        with whole_file(given.json) as part:
            part.write_text(json.dumps({"rows": rows}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

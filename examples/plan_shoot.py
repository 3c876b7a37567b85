"""A script, a calendar, the cheapest shooting plan, and what changes when somebody is away.

python examples/plan_shoot.py
"""

from __future__ import annotations

from pathlib import Path

from setpiece.schedule.make import plan, read
from setpiece.schedule.money import spoken
from setpiece.schedule.whatif import what_if

HERE = Path(__file__).parent


def main() -> None:
    source = read(HERE / "lighthouse.fountain", HERE / "lighthouse.toml")
    made, _ = plan(source, seconds=3.0)
    for day in made.days:
        print(day.date, day.hours, ", ".join(day.strips), "at", ", ".join(day.locations))
    print(spoken(made.cost.total, "EUR"), "and no plan below", spoken(made.bound, "EUR"))
    if made.script_order is not None:
        print("in script order:", spoken(made.script_order.total, "EUR"))
    answer = what_if(made, f"Ana away {made.days[0].date}", seconds=2.0)
    print("without Ana on the first day:", spoken(answer.dearer, "EUR"), "dearer;",
          len(answer.moved), "strips move")  # fmt: skip


if __name__ == "__main__":
    main()

"""What if, and why not."""

from __future__ import annotations

import pytest
from shows import calendar, crowd, day, small, strip

from setpiece.errors import InputError
from setpiece.schedule.check import check
from setpiece.schedule.infeasible import in_words, why
from setpiece.schedule.make import Source, plan
from setpiece.schedule.model import Breakdown, DateRange, Performer
from setpiece.schedule.rules import Rulebook
from setpiece.schedule.whatif import change, what_if


def test_who_is_away_is_not_called_and_few_strips_move() -> None:
    made, _ = plan(Source(small(), calendar()), 2.0)
    busy = next(d.date for d in made.days if any("A" in made.breakdown.by_id[i].cast
                                                 for i in d.strips))  # fmt: skip
    answer = what_if(made, f"A away {busy}", 1.0)
    days = {i: d.date for d in answer.found.days for i in d.strips}
    assert all(days[s.id] != busy for s in answer.breakdown.strips if "A" in s.cast)
    assert check(Rulebook(answer.breakdown, made.calendar), answer.found.days) == []
    assert answer.dearer == answer.found.cost.total - made.cost.total
    assert {m[0] for m in answer.moved} == {i for i, d in days.items() if made.dates[i] != d}


def test_the_answer_stays_near_the_plan_whoever_is_away() -> None:
    made, _ = plan(Source(crowd(40), calendar()), 4.0)
    assert not made.unscheduled
    for name in "AJ":
        busy = [d for d in made.days
                if any(name in made.breakdown.by_id[i].cast for i in d.strips)]  # fmt: skip
        for day_of in (busy[0], busy[len(busy) // 2]):
            theirs = [i for i in day_of.strips if name in made.breakdown.by_id[i].cast]
            answer = what_if(made, f"{name} away {day_of.date}", 1.0)
            assert check(Rulebook(answer.breakdown, made.calendar), answer.found.days) == []
            assert set(theirs) <= {m[0] for m in answer.moved}
            assert len(answer.moved) <= 12


@pytest.mark.parametrize(
    "question", ["Zoe away 2026-05-12", "A away someday", "why?", "1 on 2026-13-01",
                 "A away 2026-05-12..2026-05-10"],
)  # fmt: skip
def test_questions_that_are_not_understood_say_how_to_ask(question: str) -> None:
    made, _ = plan(Source(small(), calendar()), 0.5)
    with pytest.raises(InputError, match="--what-if"):
        change(made, question)


def clashing() -> Breakdown:
    return Breakdown(
        strips=(
            strip("1", "A", locked_date=day(0)), strip("2", "B"), strip("3", "AB", eighths=30),
        ),
        performers=(
            Performer(name="A", away=(DateRange(first=day(0), last=day(1)),), rate=10_000),
            Performer(name="B", rate=10_000),
        ),
    ).checked()  # fmt: skip


def test_a_clash_is_told_as_the_fewest_rules_with_a_way_out() -> None:
    clash = why(Rulebook(clashing(), calendar()), 4.0)
    assert clash is not None
    assert clash.proven
    assert {r.kind for r in clash.rules} == {"away", "locked"}
    assert {r for r, _ in clash.way_out} == set(clash.rules)
    words = in_words(clash, str)
    assert "A is away 2026-05-04..2026-05-05" in words
    assert "strip 1 is locked to 2026-05-04" in words
    assert "Cheapest way out" in words


def test_too_short_a_calendar_clashes_with_the_page_limit() -> None:
    b = Breakdown(strips=tuple(strip(str(n), eighths=30) for n in range(4))).checked()
    clash = why(Rulebook(b, calendar(end=day(2))), 2.0)
    assert clash is not None
    assert {r.kind for r in clash.rules} == {"pages", "end"} or {r.kind for r in clash.rules} == {
        "hours", "end"
    }  # fmt: skip


def test_a_show_that_can_be_planned_has_no_clash() -> None:
    assert why(Rulebook(small(), calendar()), 1.0) is None

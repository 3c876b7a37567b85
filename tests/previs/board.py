"""Two small stagings of our own, blocked by hand, for panels to be drawn of."""

from __future__ import annotations

from typing import Any

from setpiece.previs import model as m

SIZE = (480, 270)


def figure(name: str, at: tuple[float, float], facing: float, **more: Any) -> m.Figure:
    shape = sum(map(ord, name)) % 8
    build = more.pop("build", m.Build(height=1.75, shape=shape, tone=shape))
    return m.Figure(name=name, position=at, facing=facing, build=build, **more)


def room(time: str = "DAY", **more: Any) -> m.Staging:
    """Two people at a table: ANA on the left looks at TOM on the right."""
    ana = figure("ANA", (-0.9, 0.0), 0.0, looks_at="TOM")
    tom = figure("TOM", (0.9, 0.0), 180.0, looks_at="ANA")
    table = m.Prop(item="table", kind="table", position=(0, 0.9, 0), size=(1.2, 0.7, 0.74))
    words = m.Beat(first=0, last=1, what="speech", who=("ANA",), words="You never call.", seconds=4)
    design = m.SetDesign(kind="room", size=(6, 5, 2.8), time=time, features=("modern",))
    given: dict[str, Any] = {"figures": (ana, tom), "props": (table,), "beats": (words,), **more}
    return m.Staging(position=1, number="1", slugline="INT. ROOM", set=design, **given)


def heath(**design: Any) -> m.Staging:
    """MEG stands, ROB walks past from left to right."""
    meg = figure("MEG", (0.0, 1.0), -90.0)
    rob = figure("ROB", (-2.0, 0.0), 0.0, stance="walk", path=((-2, 0, 0), (2, 0, 4)))
    kind = {"kind": "heath", "interior": False, "size": (12, 10, 6), "features": ("period",)}
    return m.Staging(
        position=2, number="2", set=m.SetDesign(**{**kind, **design}), figures=(meg, rob),
        beats=(m.Beat(first=0, last=0, words="Rob passes.", seconds=4),),
    )  # fmt: skip


def shot(staging: m.Staging, position: Any, target: Any, lens: float = 28.0, **more: Any) -> m.Shot:
    keys = ("move", "position_end", "target_end", "aspect", "roll")
    kit = {k: more.pop(k) for k in keys if k in more}
    camera = m.Camera(position=position, target=target, lens=lens, **kit)
    given: dict[str, Any] = {
        "subjects": tuple(f.name for f in staging.figures), "beats": (0,), "seconds": 4.0, **more,
    }  # fmt: skip
    return m.Shot(
        id=f"{staging.number}A", scene=staging.number, position=staging.position, camera=camera,
        **given,
    )  # fmt: skip

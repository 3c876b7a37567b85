"""A scene made by hand that everyone's tests may build on: two at a kitchen table, one comes in."""

from setpiece.previs.model import (
    Beat,
    Boards,
    Build,
    Camera,
    Figure,
    Move,
    Opening,
    Pose,
    Prop,
    SetDesign,
    Shot,
    ShotList,
    Staging,
)  # fmt: skip

KITCHEN = SetDesign(
    kind="kitchen", place="ANA'S KITCHEN", size=(5.0, 4.2, 2.7), seed=7, time="NIGHT",
    features=("window", "sink"), openings=(
        Opening(kind="door", wall="E", along=-0.8),
        Opening(kind="window", wall="N", along=0.6, width=1.2, height=1.2, sill=0.95),
    ),
)  # fmt: skip

FIGURES = (
    Figure(name="ANA", build=Build(height=1.68, shape=1, hue=0), stance="sit", facing=0,
        position=(-0.75, 0.2), looks_at="MARCO"),
    Figure(name="MARCO", build=Build(height=1.82, shape=0, hue=3, tone=1), stance="sit",
        facing=180, position=(0.75, 0.2), looks_at="ANA", gesture="hold",
        poses=(Pose(at=6.0, stance="stand", facing=-45, looks_at="BEA"),)),
    Figure(name="BEA", build=Build(height=1.6, shape=2, hue=5), position=(2.2, -0.8), facing=180,
        looks_at="ANA", path=((2.2, -0.8, 6.0), (1.3, -0.9, 8.0)), enters=6.0),
)  # fmt: skip

PROPS = (
    Prop(item="table", kind="table", position=(0.0, 0.2, 0.0), size=(0.9, 0.8, 0.75)),
    Prop(item="chair", kind="chair", position=(-0.75, 0.2, 0.0), size=(0.45, 0.45, 0.9), facing=0),
    Prop(item="chair", kind="chair", position=(0.75, 0.2, 0.0), size=(0.45, 0.45, 0.9), facing=180),
    Prop(item="letter", kind="letter", position=(0.5, 0.2, 0.8), size=(0.21, 0.15, 0.005),
        held_by="MARCO"),
)  # fmt: skip

STAGING = Staging(
    position=1, number="1", slugline="INT. ANA'S KITCHEN - NIGHT", set=KITCHEN, figures=FIGURES,
    props=PROPS, axis=((-0.75, 0.2), (0.75, 0.2)), beats=(
        Beat(first=1, last=1, who=("MARCO",), words="Marco reads the letter.", seconds=2.5),
        Beat(first=2, last=3, what="speech", who=("ANA",), to=("MARCO",), words="Say it.",
            start=2.5, seconds=1.5, emotion=0.6),
        Beat(first=4, last=5, what="speech", who=("MARCO",), to=("ANA",), words="She is coming.",
            start=4.0, seconds=2.0, emotion=0.4),
        Beat(first=6, last=6, what="enter", who=("BEA",), words="Bea comes in.", start=6.0,
            seconds=2.0, moves=(Move(who="BEA", what="enter",
                path=((2.2, -0.8, 6.0), (1.3, -0.9, 8.0))),)),
    ),
)  # fmt: skip

SHOTS = ShotList(
    position=1, scene="1", shots=(
        Shot(id="1A", scene="1", position=1, size="LS", type="establishing",
            subjects=("ANA", "MARCO"), beats=(0,), start=0.0, seconds=2.5,
            camera=Camera(position=(0.0, -1.8, 1.6), target=(0.0, 0.2, 1.0), lens=18),
            reason="A new place: establish it.", coverage="1A establishing"),
        Shot(id="1B", scene="1", position=1, size="MCU", type="ots", subjects=("ANA",),
            over="MARCO", beats=(1,), start=2.5, seconds=1.5,
            camera=Camera(position=(1.35, -0.45, 1.4), target=(-0.75, 0.2, 1.15), lens=40),
            reason="Ana asks.", coverage="1B OTS ANA"),
        Shot(id="1C", scene="1", position=1, size="MCU", type="single", subjects=("MARCO",),
            beats=(2,), start=4.0, seconds=2.0,
            camera=Camera(position=(-0.9, -0.75, 1.35), target=(0.75, 0.2, 1.2), lens=40,
                move="dolly", position_end=(-0.6, -0.6, 1.35)),
            reason="Marco answers.", coverage="1C single MARCO"),
        Shot(id="1D", scene="1", position=1, size="MLS", type="re-establishing",
            subjects=("BEA", "MARCO", "ANA"), beats=(3,), start=6.0, seconds=2.0,
            camera=Camera(position=(-1.6, -1.7, 1.6), target=(0.6, -0.2, 1.1), lens=18),
            reason="Bea comes in.", coverage="1D master"),
    ),
)  # fmt: skip

BOARDS = Boards(title="THE LETTER", stagings=(STAGING,), lists=(SHOTS,))

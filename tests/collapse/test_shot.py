"""A whole shot, small: what it delivers, the same pixels again, and what happens when it is cut
short by Ctrl-C or a disk that refuses."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from setpiece.collapse import frames, publish, shot
from setpiece.collapse.brief import Brief
from setpiece.collapse.request import Request
from setpiece.collapse.shot import collapse, plan
from setpiece.errors import SetpieceError, StoreError
from setpiece.farm import StageDesk
from setpiece.ledger import publish as ledger_publish
from setpiece.ledger import read_costs, write_csv
from setpiece.ledger.credentials import read_media
from setpiece.ledger.manifest import check_folder
from setpiece.media.exr import read_attributes, read_exr
from setpiece.show import TakeResult, open_store
from street import BRIEF, FOOT, LEFT, RIGHT, SMALL, TOP, H, W, picture, write_plate

STAGES = ("brief", "layout", "prep", "fracture", "fall", "dust", "debris", "frames", "deliver")
CHECKS = {
    "plate_untouched", "first_frame_psnr", "stands_still", "free_fall", "mass", "penetration",
    "settled", "temporal",
}  # fmt: skip


class Log:
    """A watcher that writes down which stages ran, and calls `at` when one gets somewhere."""

    def __init__(self, at: Callable[[str, float], None] | None = None) -> None:
        self.made: list[str] = []
        self.reused: list[str] = []
        self.said: list[str] = []
        self._at = at

    def begin(self, stage: str, reused: bool) -> None:
        (self.reused if reused else self.made).append(stage)
        if self._at is not None and not reused:
            self._at(stage, 0.0)

    def advance(self, stage: str, fraction: float) -> None:
        if self._at is not None:
            self._at(stage, fraction)

    def end(self, stage: str, seconds: float) -> None: ...

    def say(self, text: str) -> None:
        self.said.append(text)


def pixels(take: TakeResult) -> list[dict[str, np.ndarray]]:
    return [read_exr(p) for p in sorted((take.folder / "exr").iterdir())]


def assert_same(a: TakeResult, b: TakeResult) -> None:
    ours, theirs = pixels(a), pixels(b)
    assert len(ours) == len(theirs) == SMALL["frames"]
    for one, other in zip(ours, theirs, strict=True):
        assert one.keys() == other.keys()
        for layer, values in one.items():
            np.testing.assert_array_equal(values, other[layer], err_msg=layer)


def content(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def left_over(out: Path) -> list[str]:
    """What a reader of the folder would see that no finished take explains."""
    return sorted(
        p.name for p in out.iterdir() if not p.name.startswith("show.db") and p.name != ".work"
    )


@pytest.fixture(scope="module")
def plate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plate(tmp_path_factory.mktemp("plate") / "street.png")


@pytest.fixture(scope="module")
def first(plate: Path, tmp_path_factory: pytest.TempPathFactory) -> TakeResult:
    out = tmp_path_factory.mktemp("show") / "takes"
    return collapse(plate, BRIEF, out=out, workers=1, **SMALL)


def test_a_take_holds_everything_that_was_promised(first: TakeResult) -> None:
    stem = "show_sq010_street_collapse_v001"
    assert first.folder.name == stem
    assert {p.name for p in first.folder.iterdir()} == {
        "exr", "stages", f"{stem}.mp4", f"{stem}.mov", f"{stem}.usdc", f"{stem}.otio",
        "contact_sheet.jpg", "breakdown.mp4", "layout.png", "take.json", "manifest.setpiece.json",
    }  # fmt: skip
    assert {p.name for p in (first.folder / "stages").iterdir()} == {
        "brief.toml", "layout.toml", "light.toml", "fragments.npz", "motion.npz",
    }  # fmt: skip
    assert [p.name for p in sorted((first.folder / "exr").iterdir())] == [
        f"{stem}.{1001 + f}.exr" for f in range(SMALL["frames"])
    ]
    assert left_over(first.folder.parent) == [stem]
    hidden = [p for p in first.folder.rglob("*") if p.name.startswith(".")]
    assert hidden == []
    work = first.folder.parent / ".work"
    assert not [p for p in work.rglob("*") if ".part" in p.name]
    # Bulky intermediates go once the take is delivered; small ones stay for the next take.
    kept = {p.name.partition("-")[0] for p in work.iterdir() if p.suffix != ".lock"}
    assert kept == {"brief", "layout", "prep", "fracture", "fall", "debris"}


def test_the_take_is_signed_and_says_what_it_is_made_of(first: TakeResult) -> None:
    report = check_folder(first.folder)
    assert report.problems == ()
    assert report.ingredients[:2] == ("plate street.png", "matchmove layout.toml")
    movie = read_media(first.movie)
    assert movie is not None
    assert movie.problems == ()
    assert movie.source_type == report.source_type
    assert movie.ingredients
    painted = [m["file"] for m in first.record["engine"]["models"]]
    assert [f"model {name}" for name in painted] == list(report.ingredients[2:])
    assert ("Trained" in movie.source_type) == bool(painted)


def test_the_frames_carry_their_layers(first: TakeResult) -> None:
    made = pixels(first)
    for layers in made:
        assert {
            "rgba", "depth", "N", "P", "motion", "albedo", "dust", "matte", "crypto_fragment00",
        } <= layers.keys()  # fmt: skip
        assert layers["rgba"].shape == (H, W, 4)
        assert layers["rgba"].dtype == np.float16
        assert np.isfinite(layers["rgba"]).all()
    assert not made[0]["dust"].any()  # nothing has begun
    assert not made[0]["matte"].any()
    assert made[-1]["matte"].max() > 0.5
    on_wall = made[-1]["motion"][TOP + 4 : FOOT - 4, LEFT + 4 : RIGHT - 4]
    assert np.abs(on_wall).max() > 0
    header = read_attributes(sorted((first.folder / "exr").iterdir())[0])
    assert header["framesPerSecond"] == Fraction(8)


def test_movies_sheet_scene_and_timeline_open(first: TakeResult) -> None:
    av = pytest.importorskip("av")
    for suffix, codec in ((".mp4", "h264"), (".mov", "prores")):
        with av.open(str(first.movie.with_suffix(suffix))) as movie:
            stream = movie.streams.video[0]
            assert stream.codec_context.name.startswith(codec)
            assert (stream.width, stream.height) == (W, H)
            assert len(list(movie.decode(stream))) == SMALL["frames"] + 1  # the slate
    with av.open(str(first.folder / "breakdown.mp4")) as movie:
        assert len(list(movie.decode(video=0))) > SMALL["frames"]
    assert cv2.imread(str(first.folder / "contact_sheet.jpg")).std() > 10
    assert cv2.imread(str(first.folder / "layout.png")).std() > 10

    usd = pytest.importorskip("pxr.Usd")
    stage = usd.Stage.Open(str(first.movie.with_suffix(".usdc")))
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (1001, 1000 + SMALL["frames"])
    kinds = [p.GetTypeName() for p in stage.Traverse()]
    assert kinds.count("Mesh") >= 50
    assert "Camera" in kinds

    otio = pytest.importorskip("opentimelineio")
    timeline = otio.adapters.read_from_file(str(first.movie.with_suffix(".otio")))
    clip = next(iter(timeline.find_clips()))
    assert clip.source_range.duration.value == SMALL["frames"]


def test_take_json_says_what_was_asked_measured_and_spent(first: TakeResult) -> None:
    record = json.loads((first.folder / "take.json").read_text())
    assert record["take"] == first.folder.name
    assert record["brief"]["mode"] == "pancake"
    assert record["frames"] == f"1001-{1000 + SMALL['frames']}"
    assert record["fps"] == "8"
    assert record["seed"] == 7
    assert record["checks"].keys() >= CHECKS
    assert record["checks"]["plate_untouched"] == {
        "ok": True, "value": 0, "limit": 0, "unit": "pixels",
    }  # fmt: skip
    assert record["checks"]["first_frame_psnr"]["value"] >= 40
    assert 0.05 <= record["measured"]["onset_s"] < 1.0
    assert record["measured"]["bonds_broken"] > 0
    assert record["measured"]["dust_mass_kg"]["most"] > 0
    assert record["measured"]["centre_of_mass_moved_m"][2] < -0.03
    hidden = record["measured"]["hidden"]
    assert hidden is None or (hidden["frame"] > 1001 and hidden["fallen_m"] > 0)
    assert tuple(s["stage"] for s in record["stages"]) == STAGES
    assert all(s["seconds"] >= 0 and s["peak_mb"] > 0 for s in record["stages"])
    assert sum(s["cost"] for s in record["stages"]) == pytest.approx(
        record["cost"]["total"], abs=1e-5
    )
    assert record["cost"]["total"] > 0


@pytest.fixture(scope="module")
def second(first: TakeResult, plate: Path) -> tuple[TakeResult, dict[str, str], Log]:
    before, log = content(first.folder), Log()
    again = collapse(plate, BRIEF, out=first.folder.parent, workers=1, watcher=log, **SMALL)
    return again, before, log


def test_a_second_run_is_version_two_and_leaves_the_first_alone(
    first: TakeResult, second: tuple[TakeResult, dict[str, str], Log]
) -> None:
    again, before, log = second
    assert again.folder.name.endswith("_v002")
    assert content(first.folder) == before
    assert {"brief", "layout", "prep", "fracture", "fall", "debris"} == set(log.reused)
    assert_same(first, again)


def test_the_ledger_has_every_stage_of_both(
    first: TakeResult, second: tuple[TakeResult, dict[str, str], Log], tmp_path: Path
) -> None:
    rows = read_costs(open_store(first.folder.parent / "show.db"))
    for version in (1, 2):
        mine = [r for r in rows if r["version"] == version]
        assert tuple(r["stage"] for r in mine) == STAGES
        assert {r["shot"] for r in mine} == {"street"}
    reused = [r for r in rows if r["version"] == 2 and r["stage"] == "fall"]
    assert reused[0]["cost"] == 0
    write_csv(rows, tmp_path / "costs.csv")
    assert len((tmp_path / "costs.csv").read_text().splitlines()) == 1 + len(rows)


def test_two_workers_from_scratch_make_the_same_pixels(
    first: TakeResult, plate: Path, tmp_path: Path
) -> None:
    other = collapse(plate, BRIEF, out=tmp_path, workers=2, **SMALL)
    assert_same(first, other)
    assert other.record["checks"] == first.record["checks"]


def test_another_seed_makes_other_pixels(first: TakeResult, plate: Path) -> None:
    other = collapse(plate, BRIEF, out=first.folder.parent, workers=1, **SMALL, seed=8)
    for ours, theirs in zip(pixels(first)[1:], pixels(other)[1:], strict=True):
        assert (ours["rgba"] != theirs["rgba"]).any()


# Cut short


def stop_at(stage: str) -> Callable[[str, float], None]:
    """Ctrl-C as soon as that stage has got somewhere."""

    def at(name: str, fraction: float) -> None:
        if name == stage and (fraction > 0.3 or stage == "brief"):
            raise KeyboardInterrupt

    return at


def test_ctrl_c_in_every_stage_leaves_nothing_and_the_next_run_goes_on(
    first: TakeResult, plate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[int] = []
    real = frames.make_frame

    def counted(context: Any, frame: int) -> Any:
        rendered.append(frame)
        return real(context, frame)

    monkeypatch.setattr(frames, "make_frame", counted)
    for i, stage in enumerate(STAGES):
        log = Log(stop_at(stage))
        with pytest.raises(KeyboardInterrupt):
            collapse(plate, BRIEF, out=tmp_path, workers=1, watcher=log, **SMALL)
        assert log.made[-1] == stage
        assert left_over(tmp_path) == []
        finished = {p.name.partition("-")[0] for p in (tmp_path / ".work").glob("[!.]*")}
        assert finished == set(STAGES[:i])
        # Each earlier stage was made once, by the run that was cut short one stage later.
        assert set(log.reused) >= set(STAGES[: max(i - 1, 0)])
        parts = [p.name for p in (tmp_path / ".work").glob(".*") if p.suffix != ".lock"]
        assert all(p.startswith(".frames-") for p in parts), parts
    log = Log()
    take = collapse(plate, BRIEF, out=tmp_path, workers=1, watcher=log, **SMALL)
    assert log.made == ["deliver"]
    # What the runs that were cut short made is not lost to the ledger.
    rows = read_costs(open_store(tmp_path / "show.db"))
    assert all(float(str(r["seconds"])) > 0 for r in rows if r["stage"] in ("fall", "frames"))
    assert take.folder.name.endswith("_v001")
    assert left_over(tmp_path) == [take.folder.name]
    assert_same(first, take)
    assert rendered == list(range(SMALL["frames"]))  # each once, over two runs


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file can grow beyond `size` bytes: the kernel itself refuses, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Filling(Log):
    """The disk is full from a moment on."""

    def __init__(self, stage: str, fraction: float) -> None:
        super().__init__(self._fill)
        self._when = (stage, fraction)
        self._hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    def _fill(self, stage: str, fraction: float) -> None:
        if stage == self._when[0] and fraction >= self._when[1]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (700, self._hard))


def test_a_disk_that_refuses_is_said_in_every_stage_and_nothing_is_left(
    first: TakeResult, plate: Path, tmp_path: Path
) -> None:
    moments = [(s, 0.0) for s in STAGES] + [("deliver", 0.3), ("deliver", 0.7), ("deliver", 0.9)]
    for stage, fraction in moments:
        log = Filling(stage, fraction)
        with (
            disk_of(resource.RLIM_INFINITY),
            pytest.raises(StoreError) as caught,
        ):
            collapse(plate, BRIEF, out=tmp_path, workers=1, watcher=log, **SMALL)
        said = str(caught.value)
        assert str(tmp_path) in said, said  # which file or folder
        assert "Free some" in said or "database" in said, said  # what to do
        assert log.made[-1] == stage
        assert left_over(tmp_path) == []
        stray = [p for p in tmp_path.rglob("*.part*") if ".frames-" not in str(p)]
        assert stray == []
    take = collapse(plate, BRIEF, out=tmp_path, workers=1, **SMALL)
    assert_same(first, take)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_take_cut_short_at_the_very_end_is_not_there(
    first: TakeResult, plate: Path, monkeypatch: pytest.MonkeyPatch, error: Any
) -> None:
    def fail(*_: Any) -> None:
        raise error

    before = left_over(first.folder.parent)
    monkeypatch.setattr(publish, "_record", fail)
    with pytest.raises((KeyboardInterrupt, StoreError)):
        collapse(plate, BRIEF, out=first.folder.parent, workers=1, **SMALL)
    assert left_over(first.folder.parent) == before


def test_a_crash_between_take_and_ledger_is_made_good(
    first: TakeResult, plate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        raise SystemExit("the machine stops here")

    out = first.folder.parent
    store = open_store(out / "show.db")
    order = {**SMALL, "show": "crash"}
    with monkeypatch.context() as patch:
        patch.setattr(ledger_publish, "settle", crash)
        with pytest.raises(SystemExit):
            collapse(plate, BRIEF, out=out, workers=1, keep_work=True, **order)
    (folder,) = out.glob("crash_*")
    assert (folder / "take.json").is_file()
    assert read_costs(store, "crash") == []
    take = collapse(plate, BRIEF, out=out, workers=1, **order)
    assert take.folder.name.endswith("_v002")
    rows = read_costs(store, "crash")
    assert [(r["version"], r["stage"]) for r in rows] == [(v, s) for v in (1, 2) for s in STAGES]
    assert list(out.glob("*/.ledger.json")) == []


# What a person edits


def edited(first: TakeResult, folder: Path, **lines: str) -> Path:
    """layout.toml and light.toml of a take, copied, with `name = value` lines replaced."""
    for name in ("layout.toml", "light.toml"):
        text = (first.folder / "stages" / name).read_text().splitlines()
        for key, value in lines.items():
            text = [f"{key} = {value}" if t.startswith(f"{key} = ") else t for t in text]
        (folder / name).write_text("\n".join(text))
    return folder / "layout.toml"


def test_an_edited_layout_is_honoured(first: TakeResult, plate: Path, tmp_path: Path) -> None:
    small = {k: v for k, v in SMALL.items() if k in ("size", "frames", "fragments", "quality")}
    desk = StageDesk(tmp_path / "work")
    for height, sun in ((14.0, [0.6, -0.64, 0.48]), (14.0, [-0.6, -0.64, 0.48]), (8.0, [0, 0, 1])):
        path = edited(first, tmp_path, height=str(height), direction=str(sun))
        request = Request.check(plate=plate, brief=BRIEF, layout=path, **small)
        stages = plan(request, desk)
        assert stages.layout.prisms[0].height == height
        from setpiece.collapse.make import light_of

        assert list(light_of(stages).direction) == pytest.approx(sun)


def test_a_layout_of_another_aspect_is_declined(
    first: TakeResult, plate: Path, tmp_path: Path
) -> None:
    path = edited(first, tmp_path, size="[300, 160]")
    with pytest.raises(SetpieceError, match="300x160"):
        collapse(plate, BRIEF, out=tmp_path / "out", layout=path, size=(W, H))
    assert left_over(tmp_path / "out") == []


def walkers(count: int) -> Iterator[np.ndarray]:
    """The street with a dark figure walking past in front, display-referred float32."""
    for f in range(count):
        frame = picture().astype(np.float32) / 255
        x = 60 + 9 * f
        frame[104:140, x : x + 10] = 0.04
        yield frame


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> TakeResult:
    """A take of a clip at 23.976 frames a second, with a brief that was edited as a file."""
    from setpiece.collapse.brief import save_brief
    from setpiece.media.movie import write_movie

    folder = tmp_path_factory.mktemp("clip")
    write_movie(folder / "walk.mp4", walkers(10), Fraction(24000, 1001), crf=4)
    save_brief(Brief(text="edited", start=0.05, dust=2.0), folder / "brief.toml")
    return collapse(
        folder / "walk.mp4", out=folder / "takes", brief_file=folder / "brief.toml", workers=1,
        **{**SMALL, "fps": None},
    )  # fmt: skip


def test_a_clip_keeps_its_exact_rate_everywhere(moving: TakeResult) -> None:
    otio = pytest.importorskip("opentimelineio")
    assert moving.record["fps"] == "24000/1001"
    for path in (moving.folder / "exr").iterdir():
        assert read_attributes(path)["framesPerSecond"] == Fraction(24000, 1001)
    text = moving.movie.with_suffix(".otio").read_text()
    assert "24000/1001" in text
    timeline = otio.adapters.read_from_file(str(moving.movie.with_suffix(".otio")))
    rate = next(iter(timeline.find_clips())).source_range.duration.rate
    assert Fraction(rate).limit_denominator(1001) == Fraction(24000, 1001)


def test_the_brief_file_is_what_happens(moving: TakeResult) -> None:
    assert moving.record["brief"]["start"] == 0.05
    assert moving.record["brief"]["dust"] == 2.0


def test_who_walks_past_stays_in_front_of_the_collapse(moving: TakeResult) -> None:
    assert moving.checks["plate_untouched"]["ok"]
    last = pixels(moving)[-1]["rgba"][..., :3].astype(np.float32)
    x = 60 + 9 * 9
    figure = last[112:136, x + 3 : x + 7]
    assert np.median(figure) < 0.05


def test_a_numbered_sequence_is_a_plate(tmp_path: Path) -> None:
    for f, frame in enumerate(walkers(4)):
        name = tmp_path / f"plate.{1001 + f}.png"
        cv2.imwrite(str(name), (frame[..., ::-1] * 255).astype(np.uint8))
    request = Request.check(
        plate=tmp_path / "plate.####.png",
        brief=BRIEF,
        **{**SMALL, "fps": Fraction(24000, 1001)},
    )
    stages = plan(request, StageDesk(tmp_path / "work"))
    assert stages.plate.frames == 4
    assert not stages.plate.still
    assert stages.fps == Fraction(24000, 1001)


# Several takes


def test_takes_are_on_one_sheet_and_each_can_be_finished(
    plate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shlex

    from setpiece import cli
    from setpiece.collapse import variations

    monkeypatch.setattr(variations, "FRAMES", 6)
    monkeypatch.setattr(variations, "SIZE", (W, H))
    monkeypatch.setattr(variations, "PIECES", 110)
    strokes = {k: SMALL[k] for k in ("outline", "lines", "lens", "height", "storeys", "bays")}
    sheet = variations.takes(plate, BRIEF, n=2, out=tmp_path / "takes", workers=1, **strokes)
    assert [t.label for t in sheet.takes] == ["A", "B"]
    assert sheet.takes[0].words != sheet.takes[1].words
    assert sheet.picture.name == "takes.jpg"
    assert cv2.imread(str(sheet.picture)).std() > 10

    command = shlex.split(sheet.takes[1].command)
    assert command[:2] == ["setpiece", "collapse"]
    asked: dict[str, Any] = {}

    def ordered(plate: Path, brief: str, **options: Any) -> TakeResult:
        asked.update(options, plate=plate, brief=brief)
        return sheet.takes[1].take

    monkeypatch.setattr(shot, "collapse", ordered)
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 0
    assert asked["quality"] == "final"
    assert asked["seed"] == 8
    settled = {k: asked[k] for k in ("plate", "brief", "brief_file", "layout", "seed", "size")}
    stages = plan(Request.check(**settled), StageDesk(asked["out"] / ".work"))
    assert stages.brief.model_dump(mode="json") == sheet.takes[1].take.record["brief"]
    assert stages.layout.scale_source == "--height 10"  # the strokes came along
    assert stages.layout.size == (1080, 720)  # and the picture is no longer small


@pytest.mark.parametrize("words", [BRIEF, "topples left, no dust", "implodes, heavy dust"])
def test_no_two_variations_ask_for_the_same(words: str) -> None:
    from setpiece.collapse.brief_reader import read_brief
    from setpiece.collapse.variations import vary

    brief = read_brief(words)
    briefs = vary(brief, 24, 7)
    assert briefs[0] == (brief, 7)
    orders = [(b.model_dump_json(exclude={"text", "not_understood"}), s) for b, s in briefs]
    assert len({s for _, s in orders}) == 24
    if brief.dust > 0:
        assert len({text for text, _ in orders}) == 24
    assert all(b.start == brief.start for b, _ in briefs)
    assert vary(brief, 24, 7) == briefs

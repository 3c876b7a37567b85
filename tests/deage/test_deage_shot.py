"""A shot from order to take, as a newcomer would try it, and everything that must not happen."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from clips import ANA, LEO, drift, head, over, shrunk, wall, write
from onnx_bytes import mixing
from typer.testing import CliRunner

from setpiece.cli import app
from setpiece.deage.brief import check
from setpiece.deage.measure import touched_outside
from setpiece.deage.shot import deage
from setpiece.errors import InputError, NotCleared, PlateError
from setpiece.farm import Quiet
from setpiece.ledger.consent import give, withdraw
from setpiece.ledger.consent_file import FORM
from setpiece.ledger.keys import open_key
from setpiece.ledger.manifest import check_folder
from setpiece.ledger.scope import Likeness, Scope
from setpiece.media.colour import to_display
from setpiece.media.exr import read_exr, to_half, write_exr
from setpiece.media.movie import MovieWriter
from setpiece.media.plate import open_plate
from setpiece.show import TakeResult, open_store

Portrait = Callable[[str], np.ndarray]
FRAMES = 6


@pytest.fixture(scope="module")
def photo(faces: Path) -> Path:
    return faces / "portraits" / "colour" / f"{ANA}.jpg"


@pytest.fixture(scope="module")
def clip(portrait: Portrait, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six frames of one person, as half-float EXRs."""
    return write(tmp_path_factory.mktemp("clip"), drift(portrait(ANA), FRAMES))


def consent(out: Path, name: str = "ana", **more: Any) -> int:
    scope = Scope(
        uses=more.get("uses", (Likeness.DEAGEING,)), scenes=more.get("scenes"),
        youngest=more.get("youngest", 40), oldest=70, until=more.get("until", date(2099, 1, 1)),
    )  # fmt: skip
    store = open_store(out / "show.db")
    given = give(
        store, name, more.get("show", "show"), scope, key=open_key(), signed_by=name,
        signed_on=more.get("signed_on"), reference=more.get("reference"),
    )  # fmt: skip
    return given.number


def order(plate: Path, photo: Path, **more: Any) -> Any:
    people = more.pop("people", (f"ana={photo}",))
    return check(plate, people, more.pop("years", ("25",)), more.pop("ages", ("66",)), **more)


@pytest.fixture(scope="module")
def take(clip: Path, photo: Path, tmp_path_factory: pytest.TempPathFactory) -> TakeResult:
    """The finished take of a clip with consent on file."""
    out = tmp_path_factory.mktemp("takes")
    consent(out)
    return deage(order(clip, photo), out=out, workers=1)


def frames_of(take: TakeResult) -> list[dict[str, np.ndarray]]:
    return [read_exr(p) for p in sorted((take.folder / "exr").iterdir())]


def test_one_clip_one_consent_one_command(clip: Path, photo: Path, tmp_path: Path) -> None:
    run = CliRunner()
    out = str(tmp_path / "takes")
    said = run.invoke(
        app,
        [
            "ledger", "consent", "add", "ana", "--use", "de-ageing", "--show", "show", "--years",
            "40-70", "--until", "2099-01-01", "--signed-by", "ana", "--reference", str(photo),
            "--out", out,
        ],
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    said = run.invoke(
        app, ["deage", str(clip), "--person", "ana", "--years", "20", "--age", "66", "--out", out,
              "--workers", "1"],
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    (folder,) = (tmp_path / "takes").glob("show_sq010_plate_deage_v*")
    assert str(folder) in said.output.replace("\n", "")
    record = json.loads((folder / "take.json").read_text())
    assert record["consents"] == {"ana": [1]}
    assert record["people"]["ana"]["altered"] == FRAMES
    said = run.invoke(app, ["ledger", "verify", "--out", out])
    assert said.exit_code == 0, said.output
    assert said.output.startswith("2 events")  # the consent and the take


def test_the_take_is_whole_signed_and_keeps_the_plate(take: TakeResult, clip: Path) -> None:
    plate = open_plate(clip)
    frames = frames_of(take)
    assert len(frames) == FRAMES
    changed = 0
    for i, layers in enumerate(frames):
        assert touched_outside(plate.read(i), layers["rgba"], layers["matte"]) == 0
        inside = layers["matte"] > 0.5
        differs = (to_half(plate.read(i)) != layers["rgba"][..., :3]).any(axis=2)
        changed += int((differs & inside).sum())
        assert 0.02 < (layers["matte"] > 0).mean() < 0.6
    assert changed > 1000
    assert take.checks["plate_untouched"]["ok"]
    assert take.checks["same_person"]["ok"]
    assert take.checks["texture"]["value"] > 0.3
    assert 0.8 < take.checks["steady"]["value"] < 1.3
    assert 0.02 < take.record["people"]["ana"]["distance"]["median"] < 0.45
    report = check_folder(take.folder)
    assert report.problems == ()
    assert report.source_type.endswith("/algorithmicallyEnhanced")
    for name in (f"{take.folder.name}.mp4", f"{take.folder.name}.mov", "before_after.jpg"):
        assert (take.folder / name).stat().st_size > 1000


def test_the_layers_add_up_to_the_picture(take: TakeResult, clip: Path) -> None:
    plate = open_plate(clip).read(3)
    total = plate.copy()
    names = sorted(p.name for p in (take.folder / "layers").iterdir())
    assert "wrinkles" in names
    for name in names:
        layer = read_exr(sorted((take.folder / "layers" / name).iterdir())[3])["rgba"]
        assert (layer[..., :3][layer[..., 3] == 0] == 0).all()
        total += layer[..., :3].astype(np.float32)
    result = frames_of(take)[3]["rgba"][..., :3].astype(np.float32)
    np.testing.assert_allclose(total, result, atol=2e-3)


def test_the_take_says_how_far_the_face_may_go_and_how_far_it_went(take: TakeResult) -> None:
    ana = take.record["people"]["ana"]
    (one,) = ana["identity"]
    assert one["years"] == 25
    assert 0.2 <= one["gain"] <= 1.4
    assert 0.1 < one["reached"] <= one["limit"] == pytest.approx(0.375)
    assert one["frames_looked_at"] == 5
    assert ana["compared"] == FRAMES
    assert abs(ana["distance"]["median"] - one["reached"]) < 0.06


def test_the_limit_may_be_another_or_off(clip: Path, photo: Path, tmp_path: Path) -> None:
    consent(tmp_path)
    far = {}
    for limit in ("0.15", "off"):
        made = deage(order(clip, photo, identity=limit), out=tmp_path, workers=1)
        far[limit] = made.record["people"]["ana"]
    assert far["off"]["identity"] == []
    (one,) = far["0.15"]["identity"]
    assert one["gain"] < 1
    assert one["reached"] <= 0.15
    assert far["0.15"]["distance"]["median"] < 0.19
    assert far["0.15"]["distance"]["median"] < 0.8 * far["off"]["distance"]["median"]


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (None, "no ledger"),
        ({"scenes": ("7",)}, "not for scene SQ010"),
        ({"youngest": 55}, "55 years"),
        ({"show": "another"}, "another"),
        ({"uses": (Likeness.AGEING,)}, "not for de-ageing"),
        ({"until": date(2020, 2, 1), "signed_on": date(2020, 1, 1)}, "ended on 2020-02-01"),
        ("withdrawn", "withdrawn"),
    ],
)
def test_without_consent_that_covers_it_nothing_is_made(
    given: Any, missing: str, tmp_path: Path
) -> None:
    """Neither plate nor photograph is even opened: there is none here."""
    photo = tmp_path / "ana.jpg"
    photo.write_bytes(b"not opened")
    if given == "withdrawn":
        number = consent(tmp_path)
        withdraw(open_store(tmp_path / "show.db"), number, key=open_key(), signed_by="ana")
    elif given is not None:
        consent(tmp_path, **given)
    with pytest.raises(NotCleared, match=missing):
        deage(order(tmp_path / "none.mov", photo), out=tmp_path)
    assert not list(tmp_path.glob("*deage*"))


def test_consent_that_is_withdrawn_while_frames_are_made_stops_the_take(
    clip: Path, photo: Path, tmp_path: Path
) -> None:
    number = consent(tmp_path)

    class Withdraws(Quiet):
        def begin(self, stage: str, reused: bool) -> None:
            if stage == "frames":
                store = open_store(tmp_path / "show.db")
                withdraw(store, number, key=open_key(), signed_by="ana")

    with pytest.raises(NotCleared, match="withdrawn"):
        deage(order(clip, photo), out=tmp_path, workers=1, watcher=Withdraws())
    assert not list(tmp_path.glob("*deage*"))


def test_a_test_is_marked_all_over_and_hands_out_no_layers(
    clip: Path, photo: Path, tmp_path: Path
) -> None:
    made = deage(order(clip, photo, test=True), out=tmp_path, workers=1)
    assert "deage-test" in made.folder.name
    assert not (made.folder / "layers").exists()
    assert made.record["consents"] == {}
    plate = open_plate(clip).read(0)
    got = frames_of(made)[0]
    assert touched_outside(plate, got["rgba"], got["matte"]) == 0
    bright = np.abs(got["rgba"][..., :3].astype(np.float32) - plate).max(axis=2) > 0.15
    for part in np.array_split(bright, 3):
        assert part.mean() > 0.004  # words in every third of the picture


def test_ctrl_c_leaves_no_take_and_the_same_command_goes_on(
    clip: Path, photo: Path, take: TakeResult, tmp_path: Path
) -> None:
    consent(tmp_path)

    class Stops(Quiet):
        def advance(self, stage: str, fraction: float) -> None:
            if stage == "frames" and fraction > 0.4:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deage(order(clip, photo), out=tmp_path, workers=1, watcher=Stops())
    assert not list(tmp_path.glob("*deage*"))
    made = deage(order(clip, photo), out=tmp_path, workers=2)
    # Stopped or not, one worker or two: the same pixels.
    for one, two in zip(frames_of(made), frames_of(take), strict=True):
        assert np.array_equal(one["rgba"], two["rgba"])
        assert np.array_equal(one["matte"], two["matte"])


def test_a_stranger_beside_her_keeps_every_bit(
    portrait: Portrait, photo: Path, tmp_path: Path
) -> None:
    ana, leo = (shrunk(head(portrait(n)), 0.6) for n in (ANA, LEO))
    frames = []
    for i in range(3):
        frame = wall(240, 400)
        over(frame, ana, (110 + 3 * i, 120))
        over(frame, leo, (290, 120))
        frames.append(frame)
    consent(tmp_path)
    plate = write(tmp_path / "clip", frames)
    made = deage(order(plate, photo), out=tmp_path, workers=1)
    for i, layers in enumerate(frames_of(made)):
        source = to_half(open_plate(plate).read(i))
        assert np.array_equal(layers["rgba"][:, 215:, :3], source[:, 215:])
        assert (layers["matte"][:, :215] > 0.5).any()


def test_two_people_each_get_their_own_years(
    portrait: Portrait, faces: Path, photo: Path, tmp_path: Path
) -> None:
    frame = wall(240, 400)
    for n, x in ((ANA, 110), (LEO, 290)):
        over(frame, shrunk(head(portrait(n)), 0.6), (x, 120))
    still = write(tmp_path / "clip", [frame]).with_name("plate.1001.exr")
    consent(tmp_path)
    consent(tmp_path, "leo", uses=(Likeness.AGEING,), youngest=30)
    leo = faces / "portraits" / "colour" / f"{LEO}.jpg"
    made = deage(
        order(
            still, photo, people=(f"ana={photo}", f"leo={leo}"), years=("ana=20", "leo=-20"),
            ages=("ana=66", "leo=35"),
        ),
        out=tmp_path,
    )  # fmt: skip
    assert made.movie.suffix == ".png"
    assert set(made.record["consents"]) == {"ana", "leo"}
    matte = read_exr(next((made.folder / "exr").iterdir()))["matte"]
    assert (matte[:, :200] > 0.5).any()
    assert (matte[:, 200:] > 0.5).any()


@pytest.mark.parametrize("name", ["8bit.png", "16bit.tif", "clip.mov", "4k.1001.exr"])
def test_from_480p_to_4k_and_from_8_bits_to_half_floats(
    name: str, portrait: Portrait, photo: Path, tmp_path: Path
) -> None:
    ana, h, w = portrait(ANA), 480, 854
    if name.startswith("4k"):
        h, w = 2160, 3840
        ana = cv2.resize(ana, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    frame = np.maximum(wall(h, w), 0)
    over(frame, head(ana), (w / 2, h / 2))
    shown, path = to_display(frame), tmp_path / "clip" / name
    path.parent.mkdir()
    if path.suffix == ".exr":
        write_exr(path, {"rgb": 4 * frame})  # brighter than white
    elif path.suffix == ".mov":
        with MovieWriter(path, (w, h), Fraction(24), codec="prores") as movie:
            for _ in range(3):
                movie.add(shown)
    else:
        deep = np.uint16 if path.suffix == ".tif" else np.uint8
        whole = np.round(shown[..., ::-1] * np.iinfo(deep).max).astype(deep)
        assert cv2.imwrite(str(path), whole)
    consent(tmp_path)
    made = deage(order(path, photo), out=tmp_path, workers=1)
    assert made.checks["plate_untouched"]["ok"]
    assert made.checks["texture"]["ok"]
    plate = open_plate(path)
    for i, layers in enumerate(frames_of(made)):
        assert layers["rgba"].dtype == np.float16
        assert layers["rgba"].shape[:2] == (h, w)
        changed = (to_half(plate.read(i)) != layers["rgba"][..., :3]).any(-1)
        assert changed.mean() > 0.01
        assert not changed[layers["matte"] == 0].any()


def test_a_network_of_the_artists_and_a_matte_of_the_hair(
    portrait: Portrait, photo: Path, tmp_path: Path
) -> None:
    consent(tmp_path)
    frame = drift(portrait(ANA), 1)[0]
    clip = write(tmp_path / "clip", [frame])
    model = tmp_path / "theirs.onnx"
    model.write_bytes(mixing((1, 5, "h", "w"), [0, 0, 0, -0.5, 0.5] * 3))
    hair = np.zeros_like(frame)
    hair[4:40, 100:160] = 1
    write_exr(tmp_path / "hair.exr", {"rgb": hair})
    made = deage(
        order(clip, photo, engine=f"onnx:{model}", hair=tmp_path / "hair.exr", identity="off",
              hair_colour="black"),
        out=tmp_path, workers=1,
    )  # fmt: skip
    names = {p.name for p in (made.folder / "layers").iterdir()}
    assert {"network", "hair", "shape"} <= names
    assert not names & {"wrinkles", "folds", "tone"}
    assert made.record["engine"]["models"][0]["file"] == "theirs.onnx"
    (of_hair,) = (made.folder / "layers" / "hair").iterdir()
    layer = read_exr(of_hair)["rgba"]
    # The head's square begins at row 35 or so: hair is coloured above it, and over its border.
    rows = np.abs(layer[8:36, 110:150, :3].astype(float)).mean(axis=(1, 2))
    assert rows.min() > 1e-3
    assert not layer[200:, :, :3].any()
    assert check_folder(made.folder).problems == ()


def painted(h: int, w: int) -> np.ndarray:
    """A face as a child paints it."""
    frame = wall(h, w)
    cv2.ellipse(frame, (w // 2, h // 2), (60, 80), 0, 0, 360, (0.8, 0.45, 0.3), -1)
    for x in (-24, 24):
        cv2.circle(frame, (w // 2 + x, h // 2 - 20), 9, (1.0, 1.0, 1.0), -1)
        cv2.circle(frame, (w // 2 + x, h // 2 - 20), 4, (0.02, 0.02, 0.05), -1)
    cv2.ellipse(frame, (w // 2, h // 2 + 30), (26, 12), 0, 0, 180, (0.6, 0.05, 0.05), 4)
    return frame


@pytest.mark.parametrize("what", ["nobody", "painted", "small", "stranger"])
def test_where_she_is_not_to_be_seen_the_order_says_so(
    what: str, portrait: Portrait, photo: Path, tmp_path: Path
) -> None:
    frame = painted(240, 320) if what == "painted" else wall(240, 320)
    if what == "small":
        over(frame, shrunk(head(portrait(ANA)), 16 / 300), (160, 120))
    if what == "stranger":
        over(frame, shrunk(head(portrait(LEO)), 0.6), (160, 120))
    consent(tmp_path)
    plate = write(tmp_path / "clip", [frame, frame])
    with pytest.raises(InputError, match="ana"):
        deage(order(plate, photo), out=tmp_path, workers=1)
    assert not list(tmp_path.glob("*deage*"))


def test_a_reference_without_a_face_and_a_broken_clip_are_named(
    photo: Path, clip: Path, tmp_path: Path
) -> None:
    consent(tmp_path)
    write(tmp_path / "clip", [wall(100, 100)])
    with pytest.raises(InputError, match="no face is found"):
        deage(order(clip, tmp_path / "clip" / "plate.1001.exr"), out=tmp_path)
    broken = tmp_path / "broken.mov"
    broken.write_bytes(b"\0" * 500)
    with pytest.raises(PlateError, match=r"broken\.mov"):
        deage(order(broken, photo), out=tmp_path)


def test_the_example_runs(portrait: Portrait, photo: Path, tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "examples" / "deage_clip.py"
    spec = importlib.util.spec_from_file_location("deage_clip", path)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    clip = write(tmp_path / "clip", drift(portrait(ANA), 2, side=240))
    take = example.make(clip, photo, "Ana Ruiz", 66, 20, tmp_path / "takes")
    assert take.record["consents"] == {"Ana Ruiz": [1]}
    assert take.checks["plate_untouched"]["ok"]


def test_one_call_from_python_with_a_consent_file(
    portrait: Portrait, photo: Path, tmp_path: Path
) -> None:
    from setpiece import deage as call

    clip = write(tmp_path / "clip", drift(portrait(ANA), 2, side=240))
    form = FORM.replace('years = "30-62"', 'years = "46-66"')
    (tmp_path / "ana.toml").write_text(form.replace("# reference", "reference"))
    shutil.copy(photo, tmp_path / "ana.jpg")
    asked = {"out": tmp_path / "takes", "show": "eternal", "workers": 1}
    with pytest.raises(NotCleared, match="no ledger"):
        call(clip, "Ana Ruiz", 20, 66, scene="12", reference=photo, **asked)
    for scene in ("12", "14A"):  # the same file twice is one consent
        take = call(clip, "Ana Ruiz", 20, 66, scene=scene, consent=tmp_path / "ana.toml", **asked)
        assert take.record["consents"] == {"Ana Ruiz": [1]}
        assert take.checks["plate_untouched"]["ok"]
    with pytest.raises(NotCleared, match="not for scene 13"):
        call(clip, "Ana Ruiz", 20, 66, scene="13", consent=[tmp_path / "ana.toml"], **asked)


def test_where_the_artists_age_map_is_black_no_bit_changes(
    portrait: Portrait, photo: Path, tmp_path: Path
) -> None:
    frames = drift(portrait(ANA), 3)
    clip = write(tmp_path / "clip", frames)
    share = np.zeros(frames[0].shape, np.float32)
    middle = 128
    share[:, middle:] = 1
    share[130:, middle:] = 0.25
    write_exr(tmp_path / "map.exr", {"rgb": share})
    consent(tmp_path)
    made = deage(order(clip, photo, age_map=tmp_path / "map.exr"), out=tmp_path, workers=1)
    plate = open_plate(clip)
    for i, layers in enumerate(frames_of(made)):
        source = to_half(plate.read(i))
        left = slice(0, middle - 2)  # the map is looked at in the face's own square
        assert np.array_equal(layers["rgba"][:, left, :3], source[:, left])
        assert not layers["matte"][:, left].any()
        assert (layers["rgba"][:130, middle:, :3] != source[:130, middle:]).any()
    wrong = wall(100, 90)
    write_exr(tmp_path / "small.exr", {"rgb": wrong})
    with pytest.raises(InputError, match=r"--age-map .*small\.exr: 1 frames of 90x100"):
        deage(order(clip, photo, age_map=tmp_path / "small.exr"), out=tmp_path, workers=1)


def test_a_layer_comes_in_by_its_keyframes(portrait: Portrait, photo: Path, tmp_path: Path) -> None:
    consent(tmp_path)
    clip = write(tmp_path / "clip", [drift(portrait(ANA), 1)[0]] * 5)
    dials = "shape:0@1001 shape:1@1005 folds:0 tone:0"
    made = deage(order(clip, photo, layers=dials), out=tmp_path, workers=1)
    assert {p.name for p in (made.folder / "layers").iterdir()} >= {"shape", "wrinkles"}
    assert not (made.folder / "layers" / "tone").exists()

    def much(layer: str) -> list[float]:
        files = sorted((made.folder / "layers" / layer).iterdir())
        return [float(np.abs(read_exr(p)["rgba"][..., :3].astype(float)).sum()) for p in files]

    shape = much("shape")
    assert shape == sorted(shape)
    assert shape[0] < 0.2 * shape[-1]
    lines = much("wrinkles")
    assert max(lines) < 1.1 * min(lines)


def test_with_our_network_the_take_says_that_a_trained_model_drew(
    portrait: Portrait, photo: Path, tmp_path: Path
) -> None:
    consent(tmp_path)
    clip = write(tmp_path / "clip", drift(portrait(ANA), 2))
    made = deage(order(clip, photo, engine="network"), out=tmp_path, workers=1)
    assert (made.folder / "layers" / "network").is_dir()
    assert made.checks["plate_untouched"]["ok"]
    report = check_folder(made.folder)
    assert report.source_type.endswith("/compositeWithTrainedAlgorithmicMedia")
    assert any(i.startswith("model") for i in report.ingredients)
    assert made.record["engine"]["models"][0]["file"] == "deage.onnx"

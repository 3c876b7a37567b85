"""The native engine, measured on real faces: what fades, what stays, what is never touched."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from setpiece.deage.ages import LAYERS, Strengths, strengths
from setpiece.deage.face import Aligned, align
from setpiece.deage.layers import Hair, in_frame, warped, young
from setpiece.deage.matte import Mattes, mattes
from setpiece.errors import InputError
from setpiece.media.colour import to_display

OLD_MAN, OLD_WOMAN, DARK_SKIN, YOUNG = "029760_1955", "021763_1957", "021764_1959", "040914_1974"
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
Face = tuple[np.ndarray, Aligned, Mattes]


@pytest.fixture(scope="module")
def face(portrait: Callable[[str], np.ndarray]) -> Callable[[str], Face]:
    from setpiece.deage.detect import find

    kept: dict[str, Face] = {}

    def one(name: str) -> Face:
        if name not in kept:
            picture = portrait(name)
            aligned = align(find(picture)[0], 384)
            crop = to_display(aligned.crop(picture)).astype(np.float32)
            kept[name] = crop, aligned, mattes(crop, aligned)
        return kept[name]

    return one


def band(picture: np.ndarray, fine: float, coarse: float, unit: float) -> np.ndarray:
    luma = np.log(np.maximum(picture @ LUMA, 0) + 0.03)
    broad = cv2.GaussianBlur(luma, (0, 0), coarse * unit)
    return (cv2.GaussianBlur(luma, (0, 0), fine * unit) if fine else luma) - broad


def valleys(picture: np.ndarray, where: np.ndarray, unit: float) -> float:
    """How deep the dark lines are: mean of the darkest twentieth of the middle band."""
    depth = -band(picture, 0.4, 3.5, unit)[where]
    return float(np.sort(depth)[-len(depth) // 20 :].mean())


@pytest.mark.parametrize("name", [OLD_MAN, OLD_WOMAN, DARK_SKIN])
def test_lines_fade_and_pores_stay(face: Callable[[str], Face], name: str) -> None:
    crop, aligned, matte = face(name)
    after = young(crop, aligned, matte, Strengths({"wrinkles": 1.0})).over(crop)
    skin, unit = matte.skin > 0.9, aligned.height / 100
    faded = valleys(after, skin, unit) / valleys(crop, skin, unit)
    before, kept = (np.square(band(p, 0, 0.6, unit)[skin]).sum() for p in (crop, after))
    assert (faded < 0.75, kept > 0.6 * before) == (True, True), (faded, kept / before)


@pytest.mark.parametrize("name", [OLD_MAN, DARK_SKIN])
def test_dark_skin_is_treated_as_much_as_light(face: Callable[[str], Face], name: str) -> None:
    crop, aligned, matte = face(name)
    after = young(crop, aligned, matte, strengths(20)).over(crop)
    skin = matte.skin > 0.9
    ratio = np.subtract(*(np.log(np.maximum(p @ LUMA, 0) + 0.03)[skin] for p in (after, crop)))
    assert 0.02 < np.abs(ratio).mean() < 0.2
    assert abs(float(ratio.mean())) < 0.1  # a face is not bleached


def test_older_is_the_other_way(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face(YOUNG)
    skin, unit = matte.skin > 0.9, aligned.height / 100
    older = young(crop, aligned, matte, strengths(-30)).over(crop)
    younger = young(crop, aligned, matte, strengths(30)).over(crop)
    plain = valleys(crop, skin, unit)
    assert valleys(older, skin, unit) > 1.1 * plain
    assert valleys(younger, skin, unit) < 0.9 * plain


def test_older_draws_lines_where_there_are_none(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face(YOUNG)
    flat = np.full_like(crop, 0.55)  # skin without a line to deepen
    depths = []
    for years in (10, 30):
        alone = Strengths({"wrinkles": strengths(-years).of("wrinkles")})
        delta = young(flat, aligned, matte, alone).deltas["wrinkles"]
        depths.append(-delta.min())
    assert 0.02 < depths[0] < depths[1] < 0.3


@pytest.mark.parametrize("layer", LAYERS)
def test_more_years_take_more_of_every_layer(face: Callable[[str], Face], layer: str) -> None:
    crop, aligned, matte = face(OLD_MAN)
    size = []
    for years in (0, 10, 20, 30):
        alone = Strengths({layer: strengths(years).of(layer)})
        done = young(crop, aligned, matte, alone)
        size.append(float(np.abs(done.deltas[layer]).mean()) if layer in done.deltas else 0.0)
    assert size == sorted(size)
    assert size[3] > size[1] > size[0] == 0


def test_layers_add_up_and_stop_at_their_mattes(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face(OLD_WOMAN)
    done = young(crop, aligned, matte, strengths(30))
    assert tuple(done.deltas) == LAYERS
    whole = crop + sum(done.deltas.values())
    assert np.allclose(done.over(crop), whole, atol=1e-6)
    for name, delta in done.deltas.items():
        mask = done.mattes[name]
        assert mask.dtype == np.float32
        assert mask.min() >= 0
        assert mask.max() <= 1
        assert not delta[mask == 0].any(), name
        assert delta.any(), name
    border = np.ones(crop.shape[:2], bool)
    border[4:-4, 4:-4] = False
    assert not any(d[border].any() for d in done.deltas.values())


def test_a_dial_at_zero_takes_its_layer_out(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face(OLD_WOMAN)
    done = young(crop, aligned, matte, strengths(30))
    without = done.over(crop, dict.fromkeys(LAYERS, 0.0))
    assert (without == crop).all()


def test_nothing_asked_nothing_done(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face(OLD_MAN)
    done = young(crop, aligned, matte, strengths(0))
    assert not done.deltas
    assert done.shift is None
    assert (done.over(crop) == crop).all()


def test_same_pixels_twice_and_the_crop_is_not_changed(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face(DARK_SKIN)
    before = crop.copy()
    one, two = (young(crop, aligned, matte, strengths(25)) for _ in range(2))
    assert (crop == before).all()
    for name in LAYERS:
        assert (one.deltas[name] == two.deltas[name]).all(), name


def test_a_mirrored_face_is_treated_alike(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face(OLD_MAN)
    twin = _twins()
    points = aligned.points[twin] * np.float32([-1, 1]) + np.float32([aligned.size, 0])
    flipped = SimpleNamespace(
        skin=np.ascontiguousarray(matte.skin[:, ::-1]),
        regions={n: np.ascontiguousarray(m[:, ::-1]) for n, m in matte.regions.items()},
    )
    there = young(crop, aligned, matte, strengths(30)).over(crop)
    mirror = young(
        np.ascontiguousarray(crop[:, ::-1]), SimpleNamespace(points=points), flipped, strengths(30)
    ).over(np.ascontiguousarray(crop[:, ::-1]))[:, ::-1]
    change = np.abs(there - crop).mean()
    assert np.abs(there - mirror).mean() < 0.15 * change


def test_a_region_turned_off_stays_as_it_was(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face(OLD_MAN)
    asked = strengths(30, regions={"brow": 0.0}, layers={"shape": 0.0})
    done, usual = (young(crop, aligned, matte, s) for s in (asked, strengths(30)))
    inside = matte.regions["brow"] > 0.99
    assert inside.sum() > 200
    left = np.abs(done.deltas["wrinkles"][inside]).mean()
    assert left < 0.1 * np.abs(usual.deltas["wrinkles"][inside]).mean()


def test_eyes_keep_their_gaze(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face(YOUNG)
    shift = young(crop, aligned, matte, strengths(30)).shift
    assert shift is not None
    for iris in (468, 473):
        x, y = aligned.points[iris].astype(int)
        assert np.hypot(*shift[y, x]) < 0.002 * aligned.height
    assert np.hypot(shift[..., 0], shift[..., 1]).max() < 0.035 * aligned.height


def test_the_warp_does_not_fold(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face(OLD_MAN)
    for years in (-50, 50):
        shift = young(crop, aligned, matte, strengths(years)).shift
        assert shift is not None
        dx = 1 + np.diff(shift[..., 0], axis=1)[:-1]
        dy = 1 + np.diff(shift[..., 1], axis=0)[:, :-1]
        assert min(dx.min(), dy.min()) > 0.3


def test_a_shift_in_the_frame_is_the_shift_of_the_square() -> None:
    shift = np.zeros((8, 8, 2), np.float32)
    shift[..., 0] = 3
    turned = np.array([[0.0, 2.0, 0.0], [-2.0, 0.0, 0.0]])  # twice as large, a quarter turn
    assert np.allclose(in_frame(shift, turned), [0, 1.5])
    picture = np.random.default_rng(1).random((8, 8, 3)).astype(np.float32)
    assert (warped(picture, np.zeros((8, 8, 2), np.float32)) == picture).all()
    assert np.allclose(warped(picture, shift)[:, :5], picture[:, 3:], atol=1e-6)


def test_hair_goes_to_its_colour_and_keeps_its_strands(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face("020328_1955")
    head = np.zeros(crop.shape[:2], np.float32)
    top = aligned.points[10]
    cv2.ellipse(
        head, (int(top[0]), int(top[1] - 0.12 * aligned.height)),
        (int(0.26 * aligned.height), int(0.06 * aligned.height)), 0, 0, 360, (1.0,), -1,
    )  # fmt: skip
    done = young(crop, aligned, matte, Strengths({"hair": 1.0}), Hair(head, "dark-brown"))
    after = done.over(crop)
    inside = head > 0
    assert (after @ LUMA)[inside].mean() < 0.6 * (crop @ LUMA)[inside].mean()
    red, _, blue = after[inside].mean(0)
    assert red > 1.1 * blue
    grain = [band(p, 0, 1.5, aligned.height / 100)[inside].std() for p in (crop, after)]
    assert grain[1] > 0.6 * grain[0]
    with pytest.raises(InputError, match="purple"):
        Hair(head, "purple")


@pytest.mark.parametrize("name", ["021764_1959", "029751_1938"])
def test_teeth_keep_their_own_colour_and_shading(face: Callable[[str], Face], name: str) -> None:
    crop, aligned, matte = face(name)
    done = young(crop, aligned, matte, Strengths({"eyes": 1.6}))
    after = done.over(crop)
    inside = done.mattes["eyes"] > 0.8
    inside[: int(aligned.points[13, 1]) - 4] = False
    assert inside.sum() > 100
    light = [(p @ LUMA)[inside] for p in (crop, after)]
    colour = [np.ptp(p[inside], axis=1).mean() for p in (crop, after)]
    assert 0.8 * colour[0] < colour[1] < colour[0]
    assert light[1].std() > 0.93 * light[0].std()
    assert light[0].mean() <= light[1].mean() < 1.05 * light[0].mean()


@pytest.mark.parametrize("light", [1.0, 0.25])
def test_what_is_lighter_than_the_cheek_under_an_eye_does_not_go_yellow(
    face: Callable[[str], Face], light: float
) -> None:
    crop, aligned, matte = face("021198_1954")
    crop = crop * np.float32(light)
    after = young(crop, aligned, matte, Strengths({"tone": 1.0})).over(crop)
    outline = (117, 118, 119, 120, 121, 232, 231, 230, 229, 228)
    under = np.zeros(crop.shape[:2], np.uint8)
    cv2.fillPoly(under, [aligned.points[list(outline)].astype(np.int32)], (1,))
    red, _, blue = (after[under > 0].mean(0) / crop[under > 0].mean(0)).tolist()
    assert blue > 0.88 * red


def test_a_closed_mouth_shows_no_teeth(face: Callable[[str], Face]) -> None:
    crop, aligned, matte = face("021137_1973")
    done = young(crop, aligned, matte, Strengths({"eyes": 1.0}))
    mouth = aligned.points[13].astype(int)
    assert not done.mattes["eyes"][mouth[1] - 6 : mouth[1] + 6, mouth[0] - 20 : mouth[0] + 20].any()


def _twins() -> np.ndarray:
    """For each landmark the one on the other side, from the mesh's own symmetry."""
    import setpiece.deage.layers.anatomy as a
    from setpiece.deage.face import LEFT_BROW, LEFT_EYE, LIPS, MOUTH, OVAL, RIGHT_BROW, RIGHT_EYE

    twin = np.arange(478)
    pairs = [*zip(RIGHT_EYE, LEFT_EYE, strict=True), *zip(RIGHT_BROW, LEFT_BROW, strict=True)]
    for right, left in (
        a.LOWER_LIDS, a.LID_CHEEK, a.HOLLOWS, a.SMILE, a.SMILE_LINES, a.MARIONETTE, a.JOWLS,
        a.CHEEKS,
    ):  # fmt: skip
        pairs += zip(right, left, strict=True)
    for ring, top in ((OVAL, 10), (LIPS, 0), (MOUTH, 13)):
        i = ring.index(top)
        order = ring[i:] + ring[:i]
        pairs += zip(order, (order[0], *order[:0:-1]), strict=True)
    pairs += [(129, 358), (102, 331), (48, 278), (115, 344), (220, 440), (45, 275), (97, 326),
              (98, 327), (107, 336), (55, 285), (193, 417), (468, 473), (203, 423), (206, 426),
              (216, 436), (50, 280), (205, 425)]  # fmt: skip
    pairs += [(469, 476), (470, 475), (471, 474), (472, 477)]
    for right, left in pairs:
        twin[right], twin[left] = left, right
    return twin

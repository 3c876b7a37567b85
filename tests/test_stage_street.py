"""Stage street: a plate of our own whose camera, sun, block and background are known, against what
the product finds from an artist's strokes, each rounded to a pixel."""

from __future__ import annotations

import shlex

import cv2
import numpy as np
import pytest

from setpiece.collapse.cleanplate import CleanPlate, make_clean_plate
from setpiece.collapse.layout import Layout, building_matte, make_layout, sky_mask
from setpiece.collapse.light import estimate_light
from setpiece.render.light import Light
from stage import Stage, stage  # noqa: F401


@pytest.fixture(scope="module")
def blind(stage: Stage) -> Layout:  # noqa: F811
    """Outline and two level edges; neither lens nor height."""
    return make_layout(stage.plate, outline=stage.strokes["outline"], lines=stage.strokes["lines"])


@pytest.fixture(scope="module")
def told(stage: Stage) -> Layout:  # noqa: F811
    """The same strokes, with lens and height."""
    return make_layout(
        stage.plate, outline=stage.strokes["outline"], lines=stage.strokes["lines"],
        lens=stage.truth["lens_35mm"], height=stage.truth["height"],
    )  # fmt: skip


@pytest.fixture(scope="module")
def matte(stage: Stage, told: Layout) -> np.ndarray:  # noqa: F811
    return building_matte(stage.plate, told)


@pytest.fixture(scope="module")
def clean(stage: Stage, told: Layout, matte: np.ndarray) -> CleanPlate:  # noqa: F811
    horizon = told.view().horizon
    return make_clean_plate(
        stage.plate, matte, sky=sky_mask(stage.plate) * (1 - matte), foreground=stage.foreground,
        horizon=(horizon[0][1] + horizon[1][1]) / 2, seed=7,
    )  # fmt: skip


def sun_of(stage: Stage, layout: Layout) -> Light:  # noqa: F811
    return estimate_light(
        stage.plate, layout, shadow=stage.strokes["shadow"], sky=sky_mask(stage.plate)
    )


def degrees_between(a, b) -> float:
    return float(np.degrees(np.arccos(np.clip(np.dot(a, b), -1, 1))))


def encoded(picture: np.ndarray) -> np.ndarray:
    return np.clip(picture, 0, 1) ** (1 / 2.2)


def grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * pixels + 1,) * 2, np.uint8)) > 0


def test_strokes_alone_give_the_camera(stage: Stage, blind: Layout) -> None:  # noqa: F811
    camera = blind.camera
    assert camera.focal == pytest.approx(stage.truth["focal_px"], rel=0.10)
    assert camera.tilt == pytest.approx(stage.truth["tilt"], abs=1.5)
    assert camera.roll == pytest.approx(stage.truth["roll"], abs=1.5)
    # what it says of itself holds: the truth lies within three of its sigmas, which are not endless
    assert abs(camera.focal - stage.truth["focal_px"]) < 3 * camera.focal_sigma
    assert abs(camera.tilt - stage.truth["tilt"]) < 3 * camera.tilt_sigma
    assert camera.focal_sigma < 0.2 * camera.focal
    assert camera.tilt_sigma < 3


def test_a_shadow_gives_the_sun(stage: Stage, blind: Layout, told: Layout) -> None:  # noqa: F811
    for layout, most in ((blind, 10.0), (told, 5.0)):
        light = sun_of(stage, layout)
        assert degrees_between(light.direction, stage.truth["sun"]) < most
        assert "artist" in light.source
    without = estimate_light(stage.plate, told, sky=sky_mask(stage.plate))
    assert degrees_between(without.direction, stage.truth["sun"]) < 2 * without.uncertainty


def test_lens_and_height_give_the_block(stage: Stage, told: Layout) -> None:  # noqa: F811
    assert len(told.prisms) == 1
    prism = told.prisms[0]
    foot = np.array(prism.footprint)
    sides = np.linalg.norm(np.roll(foot, -1, 0) - foot, axis=1)
    assert sides[[0, 2]] == pytest.approx(stage.truth["width"], rel=0.02)
    # The side wall is seen at a slant: another grain of the same plate moves it by a percent.
    assert sides[[1, 3]] == pytest.approx(stage.truth["depth"], rel=0.03)
    assert prism.base + prism.height == pytest.approx(stage.truth["height"], rel=0.02)
    # and it stands where it stands: nearest corner within 2% of its distance, front turned as it is
    near = min(np.array(stage.truth["footprint"]), key=np.linalg.norm)
    gap = np.linalg.norm(foot - near, axis=1).min()
    assert gap < 0.02 * np.linalg.norm(near)
    front = np.degrees(np.arctan2(*(foot[1] - foot[0])[::-1]))
    assert front == pytest.approx(stage.truth["yaw"], abs=1.5)


def test_the_matte_is_the_silhouette(stage: Stage, matte: np.ndarray) -> None:  # noqa: F811
    assert matte.shape == stage.building.shape
    both = np.minimum(matte, stage.building).sum() / np.maximum(matte, stage.building).sum()
    assert both >= 0.97
    assert matte[stage.foreground > 0.5].mean() > 0.9  # what hides the block belongs to it


def hidden_sky(stage: Stage, clean: CleanPlate) -> np.ndarray:  # noqa: F811
    """Where in the hole the sky was (bool), true skyline and all."""
    return clean.hole & ~grown(sky_mask(stage.background) < 0.9, 1)


def test_the_sky_behind_comes_back(stage: Stage, clean: CleanPlate) -> None:  # noqa: F811
    was = hidden_sky(stage, clean)
    assert was.sum() > 0.4 * clean.hole.sum()
    error = encoded(clean.image)[was] - encoded(stage.background)[was]
    assert -10 * np.log10((error**2).mean()) >= 22
    # and the street is not painted over with it
    invented = clean.hole & (sky_mask(clean.image) > 0.95) & ~was
    assert invented.sum() < 0.08 * clean.hole.sum()


def test_no_wall_tints_the_sky_that_replaces_it(
    stage: Stage, clean: CleanPlate,  # noqa: F811
) -> None:  # fmt: skip
    """The new sky is no warmer than the visible one, cloud included, down to the rooftops."""
    new = hidden_sky(stage, clean) & ~grown(sky_mask(clean.image) < 0.9, 2)
    seen = (sky_mask(stage.plate) > 0.95) & ~grown(stage.building > 0.02, 6)

    def warmth(picture: np.ndarray, where: np.ndarray) -> float:
        colour = encoded(picture)[where]
        return float(np.percentile(colour[:, 0] - colour[:, 2], 99))

    assert warmth(clean.image, new) < warmth(stage.plate, seen) + 0.02


def test_what_is_invented_keeps_the_streets_texture(
    stage: Stage, clean: CleanPlate,  # noqa: F811
) -> None:  # fmt: skip
    solid = (
        clean.hole
        & ~grown(sky_mask(stage.background) > 0.1, 1)
        & ~grown(stage.foreground > 0.05, 2)
    )
    assert solid.sum() > 0.1 * clean.hole.sum()

    def detail(picture: np.ndarray) -> float:
        grey = encoded(picture).mean(2).astype(np.float32)
        return float(cv2.Laplacian(grey, cv2.CV_32F)[solid].std())

    assert 0.8 <= detail(clean.image) / detail(stage.background) <= 1.25
    assert np.array_equal(clean.image[~clean.hole], stage.plate[~clean.hole])


def test_the_command_reads_as_the_strokes(stage: Stage) -> None:  # noqa: F811
    from street_collapse import BRIEF, command

    from setpiece.collapse.brief_reader import read_brief
    from setpiece.collapse.layout.strokes import parse_points

    words = shlex.split(command(stage.folder, BRIEF))
    assert words[:3] == ["setpiece", "collapse", str(stage.folder / "plate.png")]
    outline = parse_points(words[words.index("--outline") + 1])
    assert tuple(outline) == stage.strokes["outline"]
    assert words.count("--line") == 2
    assert not read_brief(BRIEF).not_understood

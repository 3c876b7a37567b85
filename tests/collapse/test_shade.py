"""A street in shade: found from a wall lit above and dark below, and dust in it lit by the sky."""

from __future__ import annotations

import cv2
import numpy as np

from setpiece.collapse.layout.model import CameraModel, Layout, Prism
from setpiece.collapse.light import estimate_light
from setpiece.collapse.shade import street_shade
from setpiece.render.camera import Camera
from setpiece.render.light import Light, sunlit
from setpiece.render.volume import Volume, light_volume, march

W, H = 320, 200
SUN = np.array([-0.3, -0.6, 0.74]) / np.linalg.norm([-0.3, -0.6, 0.74])


def street(edge: float, ground: float, tint: tuple[float, float, float] = (1, 1, 1)) -> tuple:
    """(picture, layout): a 10 m wall seen square on, dark below `edge` [m]."""
    layout = Layout(
        size=(W, H),
        camera=CameraModel(focal=260.0, tilt=8.0),
        outline=[(10, 10), (310, 10), (310, 190)],
        prisms=[Prism(footprint=[(-7, 18), (7, 18), (7, 26), (-7, 26)], height=10.0, storeys=3)],
    )
    camera = layout.view()
    image = np.full((H, W, 3), ground, np.float32)
    image[: int(camera.horizon[0][1])] = (0.3, 0.45, 0.8)

    def wall(z0: float, z1: float, colour: object) -> None:
        quad = np.array([[-7, 18, z0], [7, 18, z0], [7, 18, z1], [-7, 18, z1]])
        cv2.fillConvexPoly(image, np.round(camera.project(quad)[0]).astype(np.int32), colour)

    wall(0, edge, tuple(0.12 * x for x in tint))
    wall(edge, 10, (0.5, 0.5, 0.5))
    image += np.random.default_rng(2).normal(0, 0.01, image.shape).astype(np.float32)
    return np.maximum(image, 0), layout


def test_the_height_of_the_shade_is_read_off_the_wall() -> None:
    image, layout = street(3.5, 0.05)
    height, x, y = street_shade(image, layout, layout.view(), SUN)
    assert abs(height + x * 0 + y * 18 - 3.5) < 0.5
    assert y < 0  # the shade climbs towards what casts it: the sun is behind the camera


def test_a_dark_plinth_shrubs_and_a_sunlit_street_are_no_shade() -> None:
    for image, layout in (street(3.5, 0.35), street(3.5, 0.05, (0.7, 1.3, 0.6)), street(0, 0.05)):
        assert street_shade(image, layout, layout.view(), SUN) == (0, 0, 0)


def test_a_shaded_street_says_what_colour_its_light_has() -> None:
    def blue(ground: tuple[float, float, float]) -> float:
        image, layout = street(3.5, 0.05)
        under = slice(round(0.8 * H), H)
        image[under] = ground
        sky = np.zeros((H, W), np.float32)
        sky[: int(layout.view().horizon[0][1]) - 90] = 1
        light = estimate_light(image, layout, sky=sky)
        assert light.shade != (0, 0, 0)
        return light.sky[2] / light.sky[0]

    grey, bluish, lawn = (
        blue((0.04, 0.04, 0.04)),
        blue((0.04, 0.046, 0.054)),
        blue((0.02, 0.05, 0.02)),
    )
    assert grey < bluish < 1.05 * lawn  # a lawn tells nothing: the sky that shows is taken


def test_dust_below_the_shade_has_the_skys_colour_and_above_it_the_suns() -> None:
    d = tuple(float(v) for v in SUN)
    light = Light(direction=d, shade=(5.0, 0.0, 0.0))  # type: ignore[arg-type]
    assert sunlit(light, np.array([[0, 9, 2.0], [0, 9, 8.0]])).tolist() == [0, 1]
    volume = Volume(np.full((16, 8, 20), 0.6, np.float32), np.array([-4.0, 8.0, 0.0]), 0.5)
    camera = Camera.from_angles(40.0, 32, 32, eye_height=5.0)
    far = np.full((32, 32), np.inf, np.float32)
    rgb = march(light_volume(volume, light), camera, far, light).rgb
    open_ = march(light_volume(volume, Light(direction=d)), camera, far, light).rgb  # type: ignore[arg-type]
    high, low = rgb[8:11, 16].mean(0), rgb[22:25, 16].mean(0)
    # A little of the sun wanders in from above.
    assert low.mean() < 0.66 * high.mean()
    assert low[2] / low[0] > high[2] / high[0]
    assert np.allclose(high, open_[8:11, 16].mean(0), rtol=0.1)


def test_a_thing_in_the_suns_way_throws_its_shadow_through_the_dust() -> None:
    light = Light(direction=(0.0, 0.0, 1.0))
    volume = Volume(np.full((16, 8, 16), 0.1, np.float32), np.array([-4.0, 8.0, 0.0]), 0.5)

    class Roof:
        """Over the left half, 6 m up."""

        def occluded(self, points: np.ndarray, rays: np.ndarray) -> np.ndarray:
            return (points[:, 0] < 0) & (points[:, 2] < 6) & (rays[:, 2] > 0)

        def distances(self, points: np.ndarray, rays: np.ndarray) -> np.ndarray:
            return (6 - points[:, 2]) / rays[:, 2]

    clear = light_volume(volume, light, Roof()).around[..., 4]
    assert clear[:3, :, :5].max() < 0.1
    assert clear[5:].min() > 0.9
    assert clear[:, :, 7].min() > 0.9
    assert (light_volume(volume, light).around[..., 4] == 1).all()

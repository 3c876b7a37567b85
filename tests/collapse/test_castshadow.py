"""The building's own shadow in the plate goes when the building has gone."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from setpiece.collapse.castshadow import find_ground_light
from setpiece.render.bounce import Around
from setpiece.render.camera import Camera
from setpiece.render.ground import ground_ratio
from setpiece.render.light import Light
from setpiece.render.rest_view import RestView
from setpiece.render.scene import Mesh
from setpiece.render.tracing import Tracer

W, H = 320, 180
CAMERA = Camera.from_angles(240.0, W, H, eye_height=6.0, tilt=-14.0)
TRUE = np.array([-0.75, 0.12, 0.65]) / np.linalg.norm([-0.75, 0.12, 0.65])
SUN, SKY = np.array([1.0, 0.9, 0.75]), np.array([0.26, 0.31, 0.4])


def tower() -> Mesh:
    """A box 5 m wide and 7 m high, 22 m away."""
    c = np.array([[x, y, z] for x in (-5, 0) for y in (22, 26) for z in (0, 7)], np.float32)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([t for a, b, d, e in quads for t in ((a, b, d), (a, d, e))], np.int32)
    n = len(faces)
    return Mesh(c, c, faces, np.zeros(n, np.int32), np.zeros(n, np.uint8), np.full(n, -1, np.int32))


class Scene:
    """A paved square; `plate` with the tower and its shadow, `without` in full sun."""

    def __init__(self, shadow: bool = True) -> None:
        self.mesh = tower()
        tracer = Tracer(self.mesh.vertices, self.mesh.faces)
        xs, ys = np.meshgrid(np.arange(W) + 0.5, np.arange(H) + 0.5)
        ray = CAMERA.rays(np.stack([xs, ys], -1)).reshape(-1, 3)
        t = np.where(ray[:, 2] < -1e-3, -6.0 / np.minimum(ray[:, 2], -1e-3), 0)
        p = (np.asarray(CAMERA.position) + ray * t[:, None]).astype(np.float32)
        p[:, 2] = 0.01
        self.ground = (t > 0).reshape(H, W)
        to_sun = np.repeat(TRUE[None].astype(np.float32), len(p), 0)
        seen = ~tracer.occluded(p, to_sun) if shadow else np.ones(len(p), bool)
        self.seen = seen.reshape(H, W) | ~self.ground
        stones = 0.3 + 0.06 * np.sign(np.sin(p[:, 0] * 2) * np.sin(p[:, 1] * 2))
        stones = stones.reshape(H, W, 1)
        eye = np.repeat(np.asarray(CAMERA.position, np.float32)[None], len(ray), 0)
        body = np.asarray(tracer.hits(eye, ray.astype(np.float32))[0]).reshape(H, W) >= 0
        grain = np.random.default_rng(1).normal(0, 0.004, (H, W, 3))
        sky = np.array([0.5, 0.6, 0.8])

        def picture(sun: np.ndarray) -> np.ndarray:
            lit = stones * (SKY + sun[..., None] * SUN * TRUE[2])
            return np.where(self.ground[..., None], lit, sky) + grain

        self.without = picture(np.ones((H, W)))
        self.plate = cv2.GaussianBlur(picture(self.seen.astype(float)), (0, 0), 0.6)
        self.plate[body] = 0.4
        self.plate = self.plate.astype(np.float32)
        self.matte = body.astype(np.float32)
        self.hole = cv2.dilate(body.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        self.clean = np.where(self.hole[..., None], self.without, self.plate).astype(np.float32)

    def view(self, direction: np.ndarray = TRUE, uncertainty: float = 8.0) -> RestView:
        d = tuple(float(x) for x in direction)
        light = Light(direction=d, sun=(0.9, 0.85, 0.8), sky=(0.3, 0.33, 0.38),
                      uncertainty=uncertainty)  # type: ignore[arg-type]  # fmt: skip
        return RestView.of(self.mesh, CAMERA, light, self.plate, self.matte)


def find(scene: Scene, view: RestView):
    return find_ground_light(
        scene.plate, scene.clean, scene.hole, np.zeros((H, W), np.float32), view
    )


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene()


def test_the_shadow_goes_with_the_building_and_nothing_changes_before(scene: Scene) -> None:
    view = scene.view()
    view = replace(view, ground=find(scene, view))
    assert view.ground is not None
    true = (SKY + SUN * TRUE[2]) / SKY
    assert np.allclose(view.ground.gain, true, rtol=0.15)

    at_rest = ground_ratio(
        view, Around(view.tracer, view.tone, view.light, None), scene.mesh.vertices
    )
    assert (at_rest[~scene.hole] == 1).all()

    gone = scene.mesh.vertices - np.float32([0, 0, 500])
    ratio = ground_ratio(
        view, Around(Tracer(gone, scene.mesh.faces), view.tone, view.light, None), gone
    )
    shade = cv2.erode((~scene.seen & ~scene.hole).astype(np.uint8), np.ones((5, 5))) > 0
    assert shade.sum() > 300
    before = scene.plate[shade].mean(0) / scene.without[shade].mean(0)
    after = (scene.plate * ratio)[shade].mean(0) / scene.without[shade].mean(0)
    assert (before < 0.5).all()
    assert np.allclose(after, 1, atol=0.2)
    lit = scene.ground & ~scene.hole & (cv2.erode(scene.seen.astype(np.uint8), np.ones((9, 9))) > 0)
    assert np.abs(ratio[lit] - 1).mean() < 0.01


def test_a_sun_some_degrees_off_is_set_right_by_the_shadows_edge(scene: Scene) -> None:
    a = np.radians(6.0)
    off = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]]) @ TRUE
    found = find(scene, scene.view(off))
    assert found is not None
    assert np.degrees(np.arccos(found.direction @ TRUE)) < 3.0


def test_no_shadow_in_the_plate_or_no_known_sun_leaves_the_ground_alone(scene: Scene) -> None:
    flat = Scene(shadow=False)
    assert find(flat, flat.view()) is None
    assert find(scene, scene.view(uncertainty=45.0)) is None

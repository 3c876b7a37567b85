"""The solids: exact at rest, honest when they move."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from setpiece.render.camera import Camera
from setpiece.render.ground import STEP, GroundLight
from setpiece.render.light import Light
from setpiece.render.scene import Material, Mesh, Pose
from setpiece.render.solids import RestView, SolidPasses, render_solids

W, H = 160, 90
CAMERA = Camera.from_angles(130.0, W, H, tilt=6.0)
LIGHT = Light(direction=(-0.4, -0.6, 0.69))
# A wall of the building: x -4..4, y 14..17, z 0..8, in 4 x 4 boxes.
CELLS = [(i, k) for i in range(4) for k in range(4)]


def _box(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    corners = np.array(
        [[(low, high)[i][0], (low, high)[j][1], (low, high)[k][2]]
         for i in (0, 1) for j in (0, 1) for k in (0, 1)]
    )  # fmt: skip
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]
    return corners, np.array(faces)


def block(inside: Material = Material.CONCRETE) -> tuple[Mesh, np.ndarray]:
    """A wall in 16 boxes whose front is picture and the rest broken; (mesh, centres)."""
    vertices, faces, body, material, centre = [], [], [], [], []
    for n, (i, k) in enumerate(CELLS):
        low = np.array([-4 + 2 * i, 14.0, 2 * k])
        v, f = _box(low, low + np.array([2, 3, 2]))
        for t in f:  # own vertices for each triangle: `tex` differs between faces
            corners = v[t]
            faces.append(np.arange(3) + len(vertices) * 3)
            vertices.append(corners)
            body.append(n)
            front = np.allclose(corners[:, 1], 14.0)
            material.append(Material.PLATE if front else inside)
        centre.append(low + np.array([1, 1.5, 1]))
    v = np.concatenate(vertices).astype(np.float32)
    mesh = Mesh(
        v, v, np.array(faces, np.int32), np.array(body, np.int32),
        np.array(material, np.uint8), np.full(len(faces), -1, np.int32),
    )  # fmt: skip
    return mesh, np.array(centre, np.float32)


def picture() -> np.ndarray:
    """Pixel-sharp noise: the hardest picture to give back."""
    return np.random.default_rng(5).uniform(0.02, 0.9, (H, W, 3)).astype(np.float32)


def soft_matte(mesh: Mesh) -> np.ndarray:
    """The wall's silhouette, drawn a little inside its edges, soft at the rim."""
    uv, _ = CAMERA.project(mesh.vertices.astype(float))
    (x0, y0), (x1, y1) = uv.min(0) + 3, uv.max(0) - 3
    xs, ys = np.arange(W) + 0.5, np.arange(H) + 0.5
    across = np.clip(np.minimum(xs - x0, x1 - xs) / 3, 0, 1)
    along = np.clip(np.minimum(ys - y0, y1 - ys) / 3, 0, 1)
    return (along[:, None] * across[None]).astype(np.float32)


@pytest.fixture(scope="module")
def wall() -> tuple[RestView, Pose]:
    mesh, centre = block()
    return RestView.of(mesh, CAMERA, LIGHT, picture(), soft_matte(mesh)), Pose.at_rest(centre)


def shifted(pose: Pose, move: tuple[float, float, float], bodies: slice = slice(None)) -> Pose:
    position = pose.position.copy()
    position[bodies] += np.array(move, np.float32)
    return Pose(position, pose.rotation, pose.rest)


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(-10 * np.log10(max(np.mean((a.astype(float) - b) ** 2), 1e-30)))


@pytest.mark.parametrize("samples", [4, 16])
def test_at_rest_the_picture_comes_back(wall: tuple[RestView, Pose], samples: int) -> None:
    view, rest = wall
    view = RestView.of(view.mesh, CAMERA, LIGHT, picture(), view.silhouette, samples=samples)
    out = render_solids(view, rest, samples=samples)
    inside = view.silhouette > 0.99
    assert inside.sum() > 1500
    assert psnr((out.rgb / np.maximum(out.alpha, 1e-6)[..., None])[inside],
                picture()[inside]) > 60  # fmt: skip
    assert (out.ground_ratio == 1).all()
    assert np.abs(out.motion).max() < 1e-3


def test_soft_edges_keep_the_matte_and_the_picture(wall: tuple[RestView, Pose]) -> None:
    view, rest = wall
    out = render_solids(view, rest)
    assert np.abs(out.alpha - view.silhouette).max() < 2e-2
    rim = (view.silhouette > 0.1) & (view.silhouette < 0.9)
    colour = out.rgb[rim] / out.alpha[rim][:, None]
    # The plate's own colours, not a darkened fringe.
    assert abs(colour.mean() / picture()[rim].mean() - 1) < 0.05


def test_a_first_centimetre_does_not_pop(wall: tuple[RestView, Pose]) -> None:
    view, rest = wall
    still = render_solids(view, rest, denoise=False)
    nudged = render_solids(view, shifted(rest, (0.0, 0.0, -0.012)), denoise=False)
    inside = view.silhouette > 0.99
    before, after = still.rgb[inside].mean(0), nudged.rgb[inside].mean(0)
    assert np.abs(after / before - 1).max() < 0.01


def test_turned_away_from_the_sun_is_darker_than_turned_to_it(
    wall: tuple[RestView, Pose],
) -> None:
    view, rest = wall

    def tilted(degrees: float) -> float:
        q = rest.rotation.copy()
        angle = np.radians(degrees)
        q[:, 0], q[:, 3] = np.sin(angle / 2), np.cos(angle / 2)  # about x: the front looks up
        turn = np.array(
            [[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]]
        )
        pivot = np.array([0, 14, 6])
        position = ((rest.position - pivot) @ turn.T + pivot + [0, 0, 3]).astype(np.float32)
        out = render_solids(view, Pose(position, q, rest.rest), denoise=False)
        face = (out.alpha > 0.99) & (out.normal[..., 1] < -0.5)  # the picture side
        return float(out.rgb[face].mean() / out.albedo[face].mean())

    assert tilted(-25) > 1.4 * tilted(25)


def test_passes_agree_with_the_geometry(wall: tuple[RestView, Pose]) -> None:
    view, rest = wall
    now, after = shifted(rest, (0, 0, 0.5)), shifted(rest, (0.3, 0, 0.5))
    out = render_solids(view, now, next_pose=after, denoise=False)
    hit = (out.alpha > 0.99) & np.isfinite(out.depth)
    uv, depth = CAMERA.project(out.position[hit].astype(float))
    ys, xs = np.nonzero(hit)
    assert np.abs(uv - np.stack([xs + 0.5, ys + 0.5], 1)).max() < 0.8
    assert np.allclose(depth, out.depth[hit], rtol=1e-4)
    moved, _ = CAMERA.project(out.position[hit].astype(float) + np.array([0.3, 0, 0]))
    assert np.abs(out.motion[hit] - (moved - uv)).max() < 1e-2
    assert np.allclose(np.linalg.norm(out.normal[hit], axis=1), 1, atol=1e-3)
    covered = np.where(out.ids >= 0, out.coverage, 0).sum(-1)
    assert np.allclose(covered[hit], out.alpha[hit], atol=1e-3)


def test_pieces_that_leave_show_what_is_inside(wall: tuple[RestView, Pose]) -> None:
    view, rest = wall
    corner = slice(5, 6)  # an inner box comes out towards us, turned about
    q = rest.rotation.copy()
    q[corner] = [0, 0, np.sin(np.pi / 2), np.cos(np.pi / 2)]  # half a turn: its back shows
    pose = Pose(shifted(rest, (0, -5, 0), corner).position, q, rest.rest)
    out = render_solids(view, pose, denoise=False)
    on = (out.ids[..., 0] == 5) & (out.alpha > 0.99)
    assert on.sum() > 60
    # Broken concrete is near grey; the plate's noise is not.
    grey = out.albedo[on]
    assert (grey.max(1) - grey.min(1)).mean() < 0.12
    hole = (out.ids[..., 0] >= 0) & ~on
    assert hole.sum() > 1000


def test_shadow_falls_only_on_the_ground_and_only_when_something_moved(
    wall: tuple[RestView, Pose],
) -> None:
    view, rest = wall
    out = render_solids(view, shifted(rest, (0, -4, 0)), denoise=False)
    ratio = out.ground_ratio
    assert ratio.min() < 0.8
    assert ratio.min() >= 0.05
    assert ratio.max() <= 1.0
    (_, y0), (_, y1) = CAMERA.horizon
    assert (ratio[: int(min(y0, y1)) - 3] == 1).all()


def test_ground_that_nothing_lit_stays_as_it_is() -> None:
    """Under a slab close to the street neither sun nor sky is seen, now or at rest."""
    low, high = np.array([-60.0, 4.0, 0.3]), np.array([60.0, 80.0, 3.0])
    v, f = _box(low, high)
    mesh = Mesh(
        v.astype(np.float32), v.astype(np.float32), f.astype(np.int32), np.zeros(12, np.int32),
        np.full(12, Material.CONCRETE, np.uint8), np.full(12, -1, np.int32),
    )  # fmt: skip
    half = (-(-H // STEP), -(-W // STEP))
    dark = GroundLight(
        np.array([0, -0.6, 0.8]), np.full(3, 4.0), np.zeros(half, np.float32),
        np.ones(half, np.float32), np.zeros((H, W), bool),
    )  # fmt: skip
    view = RestView.of(mesh, CAMERA, LIGHT, picture(), np.zeros((H, W), np.float32))
    view = dataclasses.replace(view, ground=dark)
    rest = Pose.at_rest((low + high)[None].astype(np.float32) / 2)
    ratio = render_solids(view, shifted(rest, (0, 0, -0.05)), denoise=False).ground_ratio
    assert np.isfinite(ratio).all()
    assert ratio.max() <= 1.0 + 1e-6


def test_dust_in_the_way_of_the_sun_darkens(wall: tuple[RestView, Pose]) -> None:
    view, rest = wall
    pose = shifted(rest, (0, 0, 1.5))
    clear = render_solids(view, pose, denoise=False)
    dusty = render_solids(
        view, pose, denoise=False, volume_shadow=lambda p: np.full(len(p), 0.1, np.float32)
    )
    on = clear.alpha > 0.9
    assert dusty.rgb[on].mean() < 0.85 * clear.rgb[on].mean()
    assert dusty.ground_ratio.mean() < clear.ground_ratio.mean()


def test_dust_lies_on_the_pieces_it_is_said_to_lie_on(wall: tuple[RestView, Pose]) -> None:
    view, rest = wall
    pose = shifted(rest, (0, -2, -0.6))
    film = np.zeros(len(CELLS), np.float32)
    film[13] = 0.7
    clean, dusty = (render_solids(view, pose, dusty=d, denoise=False) for d in (None, film))
    mine = dusty.ids[..., 0] == 13
    other = (dusty.ids[..., 0] >= 0) & ~(dusty.ids == 13).any(-1)
    assert np.array_equal(clean.albedo[other], dusty.albedo[other])
    assert np.abs(clean.albedo - dusty.albedo)[mine].mean() > 0.02


def test_broken_panes_are_gone() -> None:
    mesh, centre = block()
    front = np.flatnonzero((mesh.body == 5) & (mesh.material == Material.PLATE))
    material, pane = mesh.material.copy(), mesh.pane.copy()
    material[front], pane[front] = Material.GLASS, 0
    mesh = Mesh(mesh.vertices, mesh.tex, mesh.faces, mesh.body, material, pane)
    view = RestView.of(mesh, CAMERA, LIGHT, picture(), np.ones((H, W), np.float32))
    rest = Pose.at_rest(centre)
    whole = render_solids(view, rest, broken_panes=np.array([False]), denoise=False)
    open_ = render_solids(view, rest, broken_panes=np.array([True]), denoise=False)
    changed = np.abs(np.minimum(whole.depth, 99) - np.minimum(open_.depth, 99)) > 1
    assert 60 < changed.sum() < 900
    # Through the opening one sees the far side, in the dark, not the plate.
    assert open_.rgb[changed].mean() < 0.5 * whole.rgb[changed].mean()


def test_the_same_bits_twice_and_noise_goes(wall: tuple[RestView, Pose]) -> None:
    view, rest = wall
    pose = shifted(rest, (0, 0, 2))

    def run(**options: bool) -> SolidPasses:
        return render_solids(view, pose, seed=3, **options)

    a, b, raw = run(), run(), run(denoise=False)
    for name in ("rgb", "alpha", "depth", "motion", "ids", "coverage", "ground_ratio"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    assert np.array_equal(a.albedo, raw.albedo)  # the picture never went through the denoiser
    # texture that leaks into the light shows as contrast, and so as brightness
    assert abs(a.rgb.mean() / raw.rgb.mean() - 1) < 0.02


def test_the_denoiser_takes_no_light_from_the_outline(wall: tuple[RestView, Pose]) -> None:
    view, rest = wall
    pose = shifted(rest, (0, 0, 1.5))
    noisy, clean = (render_solids(view, pose, denoise=d) for d in (False, True))
    rim = (clean.alpha > 0.2) & (clean.alpha < 0.8)
    assert rim.sum() > 50
    assert clean.rgb[rim].mean() == pytest.approx(noisy.rgb[rim].mean(), rel=0.04)


def test_what_a_face_sends_on_has_the_colour_of_its_picture(wall: tuple[RestView, Pose]) -> None:
    view, _ = wall
    grey = dataclasses.replace(view, picture=np.full_like(view.picture, 0.2))
    mesh = view.mesh
    a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(float) for k in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    front = (mesh.material == Material.PLATE) & (normal[:, 1] < -0.9)
    up = 0.5 + 0.5 * normal[front][:, 2:]
    light = np.maximum(normal[front] @ LIGHT.to_sun, 0)[:, None] * np.array(LIGHT.sun)
    light = light + np.array(LIGHT.sky) * up + np.array(LIGHT.ground) * (1 - up)
    assert front.any()
    seen = grey.tone[front]
    assert np.median(np.abs(seen / (0.2 / light) - 1)) < 0.02


def test_light_between_pieces_does_not_hang_on_where_the_building_stood(
    wall: tuple[RestView, Pose],
) -> None:
    view, rest = wall
    spread = rest.position + 0.25 * (rest.position - rest.position.mean(0))
    pose = Pose(spread.astype(np.float32), rest.rotation, rest.rest)
    elsewhere = dataclasses.replace(view, bounds=view.bounds - np.array([0.0, 1000.0, 0.0]))
    near, far = (render_solids(v, pose, ground=False) for v in (view, elsewhere))
    assert np.array_equal(near.rgb, far.rgb)


def test_of_what_is_hardly_seen_one_light_stands_for_all(wall: tuple[RestView, Pose]) -> None:
    view, rest = wall
    pose = shifted(rest, (0.4, -0.3, 0.2))

    def shown(share: float) -> SolidPasses:
        seen = (np.full((H, W), share, np.float32),) * 2
        return render_solids(view, pose, denoise=False, seen=lambda *_: seen)

    plain, faint = shown(1.0), shown(0.02)
    assert not np.array_equal(plain.rgb, faint.rgb), "nothing was spared"
    # As much light as before, and what differs is a hundredth of white at most past that dust.
    assert faint.rgb.mean() == pytest.approx(plain.rgb.mean(), rel=0.005)
    assert np.abs(plain.rgb - faint.rgb).max() * 0.02 < 0.01
    for name in ("alpha", "depth", "normal", "albedo", "coverage"):
        assert np.array_equal(getattr(plain, name), getattr(faint, name)), name


def test_one_sample_stands_for_all_where_dust_covers(wall: tuple[RestView, Pose]) -> None:
    view, rest = wall
    pose = shifted(rest, (0.4, -0.3, 0.2))
    under = np.zeros((H, W), bool)
    under[:, : W // 2] = True
    plain = render_solids(view, pose, denoise=False)
    out = render_solids(view, pose, denoise=False, covered=lambda depth: under)
    assert np.array_equal(plain.alpha[~under], out.alpha[~under])
    hit = under & (plain.alpha > 0.99) & (out.alpha > 0)
    assert hit.sum() > 1000
    assert np.allclose(out.coverage.sum(-1)[hit], out.alpha[hit], atol=1e-3)
    assert out.rgb[hit].mean() == pytest.approx(plain.rgb[hit].mean(), rel=0.02)
    assert not np.array_equal(plain.rgb[under], out.rgb[under]), "nothing was spared"

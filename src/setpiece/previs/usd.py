"""Blocked scenes as USD: a layer a scene (set, props, figures), a layer a shot (camera, moves)."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from setpiece.media.atomic import whole_file
from setpiece.previs.blocked import Kind, Thing
from setpiece.previs.model import Figure, Shot, Staging
from setpiece.previs.panel import through
from setpiece.previs.solid import Solid
from setpiece.previs.stage import Stage

FIRST = 1001


def write_scene_usd(path: Path | str, staging: Staging, made: Stage | None = None) -> None:
    """A layer of one scene, metres, Z up: /Scene/Set, /Props, /Figures and the key light.

    Figures are prims by name, where and as they come in. Raises StoreError where it cannot be
    written.
    """
    from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux

    with whole_file(path) as part:
        layer = Sdf.Layer.CreateNew(str(part))
        stage = Usd.Stage.Open(layer)
        _units(stage)
        root = UsdGeom.Xform.Define(stage, "/Scene")
        stage.SetDefaultPrim(root.GetPrim())
        for group in ("Set", "Props", "Figures"):
            UsdGeom.Scope.Define(stage, f"/Scene/{group}")
        names = figure_prims(staging)
        made = made or Stage(staging)
        scene = made.at(0.0)
        taken: set[str] = set()
        for thing in scene.things:
            if thing.kind == Kind.FIGURE or thing.name in names:
                continue
            group = "Props" if thing.name.startswith("prop ") or "'s " in thing.name else "Set"
            _mesh(stage, _unique(f"/Scene/{group}", thing.name, taken), thing.solid)
        for f in staging.figures:
            now = f.at(f.enters)
            prim = f"/Scene/Figures/{names[f.name]}"
            xform = UsdGeom.Xform.Define(stage, prim)
            xform.AddTranslateOp().Set(Gf.Vec3d(*map(float, (*now.position, now.lift))))
            _mesh(stage, f"{prim}/{names[f.name]}", _first(made, f))
        sun = UsdLux.DistantLight.Define(stage, "/Scene/Key")
        sun.CreateIntensityAttr(2.0 if not scene.light.night else 0.4)
        sun.CreateAngleAttr(0.53)
        UsdGeom.Xformable(sun).AddTransformOp().Set(_facing(np.array(scene.light.toward), Gf))
        layer.Save()
        del stage, layer


def write_shot_usd(
    path: Path | str,
    staging: Staging,
    shot: Shot,
    scene: Path | str,
    fps: Fraction = Fraction(24),
    made: Stage | None = None,
) -> None:
    """A layer of one shot over the scene's layer `scene`: /Shot/Camera with its lens and move from
    frame 1001, and the figures as they stand, move, come and go in the shot. Of a figure whose pose
    is the scene's, or a bend of it, only what differs is in the layer.

    made: the staging built before, for all of its shots. Raises StoreError where it cannot be
    written.
    """
    from pxr import Gf, Sdf, Usd, UsdGeom

    target = Path(path)
    with whole_file(path) as part:
        layer = Sdf.Layer.CreateNew(str(part))
        stage = Usd.Stage.Open(layer)
        _units(stage)
        # Written before the file has its name: the way is from where it will lie.
        layer.subLayerPaths.append(Path(os.path.relpath(scene, target.parent)).as_posix())
        frames = max(round(shot.seconds * float(fps)), 1)
        stage.SetTimeCodesPerSecond(float(fps))
        stage.SetFramesPerSecond(float(fps))
        stage.SetStartTimeCode(FIRST)
        stage.SetEndTimeCode(FIRST + frames - 1)
        root = UsdGeom.Xform.Define(stage, "/Shot")
        stage.SetDefaultPrim(root.GetPrim())
        for key, value in (
            ("id", shot.id),
            ("size", shot.size),
            ("type", shot.type),
            ("reason", shot.reason),
        ):
            root.GetPrim().SetCustomDataByKey(key, value)
        _camera(stage, shot, frames)
        names = figure_prims(staging)
        made = made or Stage(staging)
        there = {t.name: t for t in made.at(shot.moment).things}
        for f in staging.figures:
            prim = stage.OverridePrim(f"/Scene/Figures/{names[f.name]}")
            visible = UsdGeom.Imageable(prim).CreateVisibilityAttr()
            times = [(FIRST + k, shot.start + k / float(fps)) for k in range(frames)]
            seen = [(t, "inherited" if f.present(at) else "invisible") for t, at in times]
            _sampled(visible, seen)
            # The scene's layer has the op; here it gets this shot's samples.
            op = prim.CreateAttribute("xformOp:translate", Sdf.ValueTypeNames.Double3)
            moments = times if f.path else [(FIRST, shot.moment)]
            ways = [(t, f.at(at)) for t, at in moments]
            _sampled(op, [(t, Gf.Vec3d(*map(float, (*n.position, n.lift)))) for t, n in ways])
            thing: Thing | None = there.get(f.name)
            if thing is not None:
                posed = _at_home(thing.solid, f, shot.moment)
                _posed(stage, f"{prim.GetPath()}/{names[f.name]}", posed, _first(made, f))
        layer.Save()
        del stage, layer


def _first(made: Stage, figure: Figure) -> Solid:
    """A figure as it comes in, its feet on the origin."""
    return _at_home(made.coming(figure).solid, figure, figure.enters)


def _at_home(solid: Solid, figure: Figure, seconds: float) -> Solid:
    now = figure.at(seconds)
    return solid.moved(-np.array([*now.position, now.lift]))


def figure_prims(staging: Staging) -> dict[str, str]:
    """The prim name of every figure."""
    taken: set[str] = set()
    return {f.name: _unique("", f.name, taken).lstrip("/") for f in staging.figures}


def _units(stage: Any) -> None:
    from pxr import UsdGeom

    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)


def _unique(parent: str, name: str, taken: set[str]) -> str:
    from pxr import Tf

    base = Tf.MakeValidIdentifier(name.strip().replace(" ", "_").replace("'", "") or "thing")
    path, n = f"{parent}/{base}", 2
    while path in taken:
        path, n = f"{parent}/{base}_{n}", n + 1
    taken.add(path)
    return path


def _mesh(stage: Any, path: str, solid: Solid) -> None:
    from pxr import UsdGeom, Vt

    mesh = UsdGeom.Mesh.Define(stage, path)
    points = np.ascontiguousarray(solid.vertices, np.float32)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(points))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray(len(solid.faces), 3))
    mesh.CreateFaceVertexIndicesAttr(
        Vt.IntArray.FromNumpy(np.ascontiguousarray(solid.faces.ravel(), np.int32))
    )
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(solid.normals, np.float32)))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateDoubleSidedAttr(True)
    mesh.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(np.stack([points.min(0), points.max(0)])))
    colour = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar(
        "displayColor", _types().Color3fArray, UsdGeom.Tokens.uniform
    )
    # USD's colours are linear; ours are as seen.
    colour.Set(Vt.Vec3fArray.FromNumpy(solid.colour.astype(np.float32) ** 2.2))


def _posed(stage: Any, path: str, solid: Solid, base: Solid) -> None:
    """A mesh over the scene's: nothing where it is the same, its points where it is the same
    surface bent otherwise, all of it where what is worn or held differs."""
    from pxr import UsdGeom, Vt

    if solid.faces.shape != base.faces.shape or not np.array_equal(solid.faces, base.faces):
        _mesh(stage, path, solid)
        return
    if np.allclose(solid.vertices, base.vertices, atol=1e-4):
        return
    mesh = UsdGeom.Mesh(stage.OverridePrim(path))
    points = np.ascontiguousarray(solid.vertices, np.float32)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(points))
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(solid.normals, np.float32)))
    mesh.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(np.stack([points.min(0), points.max(0)])))


def _types() -> Any:
    from pxr import Sdf

    return Sdf.ValueTypeNames


def _sampled(attribute: Any, samples: list[tuple[int, Any]]) -> None:
    """One value, or a sample at each frame where it changes and before."""
    values = [v for _, v in samples]
    if all(v == values[0] for v in values):
        attribute.Set(values[0])
        return
    last = None
    for i, (t, v) in enumerate(samples):
        beside = i + 1 < len(samples) and samples[i + 1][1] != v
        if v != last or beside or i == len(samples) - 1:
            attribute.Set(v, float(t))
        last = v


def _camera(stage: Any, shot: Shot, frames: int) -> None:
    from pxr import Gf, UsdGeom

    c = shot.camera
    cam = UsdGeom.Camera.Define(stage, "/Shot/Camera")
    # USD counts lens and film back in tenths of a scene unit; a unit is a metre here.
    cam.CreateHorizontalApertureAttr(c.sensor / 100)
    cam.CreateVerticalApertureAttr(c.sensor / c.ratio / 100)
    cam.CreateFocalLengthAttr(c.lens / 100)
    cam.CreateClippingRangeAttr(Gf.Vec2f(0.06, 2000.0))
    op = UsdGeom.Xformable(cam).AddTransformOp()
    moves = c.position_end is not None or c.target_end is not None
    samples = []
    for k in range(frames if moves else 1):
        seen = through(c, 960, k / max(frames - 1, 1))
        right, down, forward = seen.rotation
        m = np.eye(4)
        m[0, :3], m[1, :3], m[2, :3], m[3, :3] = right, -down, -forward, seen.position
        samples.append((FIRST + k, Gf.Matrix4d(*m.ravel().tolist())))
    _sampled(op.GetAttr(), samples)


def _facing(toward: Any, Gf: Any) -> Any:
    """A light's matrix: it shines along its -Z."""
    z = toward / np.linalg.norm(toward)
    x = np.cross((0.0, 0.0, 1.0), z)
    x = x / max(float(np.linalg.norm(x)), 1e-9)
    m = np.eye(4)
    m[0, :3], m[1, :3], m[2, :3] = x, np.cross(z, x), z
    return Gf.Matrix4d(*m.ravel().tolist())

"""The shot as USD: every piece with its way through time, and the plate's camera."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.media.atomic import whole_file
from setpiece.render.camera import Camera
from setpiece.render.scene import Material, Mesh

F32 = NDArray[np.float32]
FIRST = 1001
APERTURE = 36.0  # mm: the width of the film back that the focal length is written for
COLOURS = {
    Material.PLATE: (0.55, 0.5, 0.45),
    Material.GLASS: (0.2, 0.25, 0.28),
    Material.CONCRETE: (0.42, 0.4, 0.37),
    Material.MASONRY: (0.42, 0.28, 0.22),
    Material.PLASTER: (0.6, 0.57, 0.52),
    Material.FLOOR: (0.33, 0.29, 0.25),
    Material.ROOF: (0.4, 0.27, 0.2),
    Material.TIMBER: (0.4, 0.28, 0.18),
    Material.REBAR: (0.17, 0.1, 0.06),
    Material.CLOTH: (0.55, 0.52, 0.46),
}
_COLOUR = np.zeros((max(COLOURS) + 1, 3), np.float32)
_COLOUR[[int(m) for m in COLOURS]] = list(COLOURS.values())


def write_usd(
    path: Path | str,
    *,
    mesh: Mesh,
    position: F32,
    rotation: F32,
    rest: F32,
    fps: Fraction,
    camera: Camera,
    names: Sequence[str],
    first_frame: int = FIRST,
    gone: NDArray | None = None,
) -> None:
    """Write a `.usdc` (or `.usda`) that opens in Blender and Houdini, Z up, metres.

    position (T, N, 3) [m] and rotation (T, N, 4) quaternions x, y, z, w of the N pieces named
    `names`; rest (N, 3) their centres at rest. A piece gets a sample only where it moves.
    gone (K,): seconds after the first frame at which each window pane is gone, inf where never.
    Panes are meshes of their own below their piece, and invisible from then on.
    Raises StoreError where it cannot be written.
    """
    from pxr import Gf, Sdf, Usd, UsdGeom

    with whole_file(path) as part:
        layer = Sdf.Layer.CreateNew(str(part))
        stage = Usd.Stage.Open(layer)
        UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
        UsdGeom.SetStageMetersPerUnit(stage, 1.0)
        stage.SetTimeCodesPerSecond(float(fps))
        stage.SetFramesPerSecond(float(fps))
        stage.SetStartTimeCode(first_frame)
        stage.SetEndTimeCode(first_frame + len(position) - 1)
        root = UsdGeom.Xform.Define(stage, "/Shot")
        stage.SetDefaultPrim(root.GetPrim())
        UsdGeom.Xform.Define(stage, "/Shot/Building")
        _camera(stage, UsdGeom, Gf, camera)
        del root, stage
        building = layer.GetPrimAtPath("/Shot/Building")

        order = np.argsort(mesh.body, kind="stable")
        start = np.searchsorted(mesh.body[order], np.arange(len(rest) + 1))
        needed = _needed(position, rotation)
        last = first_frame + len(position)
        # Straight into the layer, and all told at once: a stage would look at every one of half a
        # million samples.
        with Sdf.ChangeBlock():
            for i, name in enumerate(names):
                own = order[start[i] : start[i + 1]]
                if len(own) == 0:
                    continue
                body = Sdf.PrimSpec(building, name, Sdf.SpecifierDef, "Xform")
                at = np.flatnonzero(needed[:, i])
                _way(body, position[at, i], rotation[at, i], (first_frame + at).tolist())
                pane = mesh.pane[own]
                for k in np.unique(pane):
                    label = "solid" if k < 0 else f"pane_{k:05d}"
                    prim = Sdf.PrimSpec(body, label, Sdf.SpecifierDef, "Mesh")
                    _triangles(prim, mesh, own[pane == k], rest[i])
                    if k >= 0 and gone is not None and np.isfinite(gone[k]):
                        seconds = max(float(gone[k]), 0.0)
                        when = first_frame + int(np.ceil(seconds * float(fps) - 1e-6))
                        shown = {float(first_frame): "inherited"} if when > first_frame else {}
                        if when < last:
                            shown[float(when)] = "invisible"
                        visible = Sdf.AttributeSpec(prim, "visibility", Sdf.ValueTypeNames.Token)
                        for time, word in shown.items():
                            layer.SetTimeSample(visible.path, time, word)
        layer.Save()
        del building, layer


def _triangles(prim: Any, mesh: Mesh, own: NDArray[np.intp], centre: F32) -> None:
    """The triangles `own` of the mesh, about a piece's centre."""
    from pxr import Sdf, Vt

    kinds = Sdf.ValueTypeNames
    used, local = np.unique(mesh.faces[own].ravel(), return_inverse=True)
    points = (mesh.vertices[used] - centre).astype(np.float32)
    for name, kind, value in (
        ("points", kinds.Point3fArray, Vt.Vec3fArray.FromNumpy(points)),
        ("faceVertexCounts", kinds.IntArray, Vt.IntArray(len(own), 3)),
        ("faceVertexIndices", kinds.IntArray, Vt.IntArray.FromNumpy(local.astype(np.int32))),
        ("extent", kinds.Float3Array,
         Vt.Vec3fArray.FromNumpy(np.stack([points.min(0), points.max(0)]))),
        ("primvars:displayColor", kinds.Color3fArray,
         Vt.Vec3fArray.FromNumpy(_COLOUR[mesh.material[own]])),
    ):  # fmt: skip
        spec = Sdf.AttributeSpec(prim, name, kind)
        spec.default = value
    spec.SetInfo("interpolation", "uniform")
    scheme = Sdf.AttributeSpec(prim, "subdivisionScheme", kinds.Token, Sdf.VariabilityUniform)
    scheme.default = "none"


def _needed(position: F32, rotation: F32) -> NDArray[np.bool_]:
    """Frames (T, N) at which pieces have a sample: where they change, and beside."""
    same = (np.abs(np.diff(position, axis=0)).max(2) < 1e-5) & (
        np.abs(np.diff(rotation, axis=0)).max(2) < 1e-6
    )
    needed = np.ones(position.shape[:2], bool)
    needed[1:-1] = ~(same[:-1] & same[1:])
    needed[1:, same.all(0)] = False
    return needed


def _way(prim: Any, position: F32, rotation: F32, frames: list[int]) -> None:
    """Translate and orient at these frames: position (n, 3), rotation (n, 4)."""
    from pxr import Sdf, Vt

    names = ("xformOp:translate", "xformOp:orient")
    times = [float(f) for f in frames]
    # A quaternion lies in memory as USD has it: the imaginary part first.
    values = (
        Vt.Vec3dArray.FromNumpy(position.astype(np.float64)),
        Vt.QuatfArray.FromNumpy(np.ascontiguousarray(rotation, np.float32)),
    )
    for name, kind, samples in zip(
        names, (Sdf.ValueTypeNames.Double3, Sdf.ValueTypeNames.Quatf), values, strict=True
    ):
        spec = Sdf.AttributeSpec(prim, name, kind)
        layer, path = spec.layer, spec.path
        for time, value in zip(times, samples, strict=True):
            layer.SetTimeSample(path, time, value)
    order = Sdf.AttributeSpec(
        prim, "xformOpOrder", Sdf.ValueTypeNames.TokenArray, Sdf.VariabilityUniform
    )
    order.default = Vt.TokenArray(names)


def _camera(stage: Any, UsdGeom: Any, Gf: Any, camera: Camera) -> None:
    """USD cameras look down -Z with Y up; film offsets carry an off-centre principal point."""
    cam = UsdGeom.Camera.Define(stage, "/Shot/Camera")
    # USD counts lens and film back in tenths of a scene unit; a unit is a metre here.
    mm = APERTURE / camera.width / 100
    cam.CreateHorizontalApertureAttr(APERTURE / 100)
    cam.CreateVerticalApertureAttr(camera.height * mm)
    cam.CreateFocalLengthAttr(camera.focal * mm)
    cam.CreateHorizontalApertureOffsetAttr((camera.width / 2 - camera.centre[0]) * mm)
    cam.CreateVerticalApertureOffsetAttr((camera.centre[1] - camera.height / 2) * mm)
    cam.CreateClippingRangeAttr(Gf.Vec2f(0.1, 10000.0))
    right, down, forward = camera.rotation
    m = np.eye(4)
    m[0, :3], m[1, :3], m[2, :3], m[3, :3] = right, -down, -forward, camera.position
    UsdGeom.Xformable(cam).AddTransformOp().Set(Gf.Matrix4d(*m.ravel().tolist()))

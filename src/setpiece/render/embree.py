"""Embree itself: the library that comes with `embreex`, called from kernels, one ray at a time.

The wheel's own loop over rays, and the copies around it, took a third of their time.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from setpiece.errors import StageError

F32 = NDArray[np.float32]
# From rtcore_common.h, rtcore_buffer.h and rtcore_scene.h of Embree 4.
TRIANGLE, INDEX, VERTEX, UINT3, FLOAT3, MEDIUM = 0, 0, 1, 0x5003, 0x9003, 1
NOTHING = np.uint32(0xFFFFFFFF)
# Floats of an RTCRayHit: origin 0-2, tnear 3, direction 4-6, time 7, tfar 8, mask 9, id 10,
# flags 11, then normal 12-14, u 15, v 16, triangle 17, geometry 18, instances 19-20.
ROOM = 24

_Pointer = types.intp
_intersect: Any = types.ExternalFunction("rtcIntersect1", types.void(_Pointer, _Pointer, _Pointer))
_occluded: Any = types.ExternalFunction("rtcOccluded1", types.void(_Pointer, _Pointer, _Pointer))


@lru_cache(maxsize=1)
def _library() -> tuple[Any, ctypes.c_void_p]:
    """The library and one device of one thread: the farm runs a process a core."""
    spec = find_spec("embreex")
    folder = Path(spec.origin).parent if spec is not None and spec.origin else Path()
    for place in (folder.parent / "embreex.libs", folder / ".dylibs", folder):
        for path in sorted(place.glob("*embree4*")):
            try:
                library = ctypes.CDLL(str(path))
                # Kernels find its functions by name, also those that are read from a cache.
                llvm.load_library_permanently(str(path))
            except (OSError, RuntimeError):
                continue
            for name in ("rtcNewDevice", "rtcNewScene", "rtcNewGeometry"):
                getattr(library, name).restype = ctypes.c_void_p
            device = library.rtcNewDevice(b"threads=1,set_affinity=0")
            if device:
                return library, ctypes.c_void_p(device)
    raise StageError(
        "the ray tracer (Embree 4, which comes inside embreex) cannot be opened: install embreex "
        "again from the lock file."
    )


class Scene:
    """Triangles in a tree. vertices: float32 (V, 3); faces: int32 (F, 3)."""

    def __init__(self, vertices: F32, faces: NDArray[np.int32]) -> None:
        self._library, device = _library()
        lib = self._library
        scene = lib.rtcNewScene(device)
        self._scene = ctypes.c_void_p(scene)
        self.address = int(scene)
        geometry = ctypes.c_void_p(lib.rtcNewGeometry(device, TRIANGLE))
        # A tree of low quality is built in a third of the time; a frame's seven million rays then
        # take four times as much longer as that saves.
        lib.rtcSetSceneBuildQuality(self._scene, MEDIUM)
        lib.rtcSetGeometryBuildQuality(geometry, MEDIUM)
        # Embree reads 16 bytes at a time, past the end of the last corner.
        corners = np.zeros((len(vertices) + 2, 3), np.float32)
        corners[:-2] = vertices
        triangles = np.ascontiguousarray(faces, np.int32)
        self._kept = corners, triangles
        for kind, layout, array, count in (
            (INDEX, UINT3, triangles, len(triangles)), (VERTEX, FLOAT3, corners, len(vertices)),
        ):  # fmt: skip
            lib.rtcSetSharedGeometryBuffer(
                geometry, kind, 0, layout, array.ctypes.data_as(ctypes.c_void_p),
                ctypes.c_size_t(0), ctypes.c_size_t(12), ctypes.c_size_t(count),
            )  # fmt: skip
        lib.rtcCommitGeometry(geometry)
        lib.rtcAttachGeometry(self._scene, geometry)
        lib.rtcReleaseGeometry(geometry)
        lib.rtcCommitScene(self._scene)

    def __del__(self) -> None:
        if hasattr(self, "_scene"):
            self._library.rtcReleaseScene(self._scene)


@njit(inline="always")
def ray_room():
    """An aligned ray for `nearest` and `blocked` to work in."""
    whole = np.empty(ROOM + 16, np.float32)
    skip = (-whole.ctypes.data % 64) // 4
    return whole[skip : skip + ROOM]


@njit(inline="always")
def _fill(ray, words, ox, oy, oz, dx, dy, dz, reach):
    ray[0], ray[1], ray[2], ray[3] = ox, oy, oz, 0.0
    ray[4], ray[5], ray[6], ray[7], ray[8] = dx, dy, dz, 0.0, reach
    words[9], words[10], words[11] = NOTHING, 0, 0


@njit(inline="always")
def nearest(scene, ray, ox, oy, oz, dx, dy, dz, reach):
    """Triangle of the nearest hit within reach or -1. `ray` then says the rest: 8 the distance,
    12-14 the normal, of any length and side, 15 and 16 where in the triangle."""
    words = ray.view(np.uint32)
    _fill(ray, words, ox, oy, oz, dx, dy, dz, reach)
    for k in range(17, 21):
        words[k] = NOTHING
    _intersect(scene, ray.ctypes.data, 0)
    return np.int32(-1) if words[18] == NOTHING else np.int32(words[17])


@njit(inline="always")
def blocked(scene, ray, ox, oy, oz, dx, dy, dz, reach):
    """Whether anything lies within reach."""
    _fill(ray, ray.view(np.uint32), ox, oy, oz, dx, dy, dz, reach)
    _occluded(scene, ray.ctypes.data, 0)
    return ray[8] < 0

"""Embree itself: the library that comes with `embreex`, called from kernels.

The wheel's own loop over rays, and the copies around it, took a third of their time. Rays that go
the same way from near by are traced WIDE at a time, for two fifths of what they cost one by one.
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
WIDE = 16  # rays in a packet; Embree splits it where the processor has narrower registers
COHERENT = 1 << 16  # RTC_RAY_QUERY_FLAG_COHERENT
PACKETS = 32  # RTC_DEVICE_PROPERTY_NATIVE_RAY4_SUPPORTED

_Pointer = types.intp
_intersect: Any = types.ExternalFunction("rtcIntersect1", types.void(_Pointer, _Pointer, _Pointer))
_occluded: Any = types.ExternalFunction("rtcOccluded1", types.void(_Pointer, _Pointer, _Pointer))
_packet = types.void(_Pointer, _Pointer, _Pointer, _Pointer)
_intersect_all: Any = types.ExternalFunction(f"rtcIntersect{WIDE}", _packet)
_occluded_all: Any = types.ExternalFunction(f"rtcOccluded{WIDE}", _packet)


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
            device = ctypes.c_void_p(library.rtcNewDevice(b"threads=1,set_affinity=0"))
            library.rtcGetDeviceProperty.restype = ctypes.c_ssize_t
            if device and library.rtcGetDeviceProperty(device, PACKETS):
                return library, device
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


@njit(inline="always")
def packet_room():
    """Aligned room for WIDE rays to be traced together, as `fill_lane`, `nearest_all` and
    `blocked_all` take it: rays field by field, those words again as integers, which lanes are
    used, and what Embree is told of them."""
    rays = np.empty(22 * WIDE + 16, np.float32)
    skip = (-rays.ctypes.data % 64) // 4
    rays = rays[skip : skip + 22 * WIDE]
    lanes = np.zeros(WIDE + 16, np.int32)
    skip = (-lanes.ctypes.data % 64) // 4
    # An RTCIntersectArguments or RTCOccludedArguments: flags, features, then three pointers.
    told = np.zeros(8, np.uint64)
    told[0] = np.uint64(COHERENT) | np.uint64(0xFFFFFFFF) << np.uint64(32)
    return rays, rays.view(np.uint32), lanes[skip : skip + WIDE], told


@njit(inline="always")
def fill_lane(room, k, ox, oy, oz, dx, dy, dz, reach):
    """Ray k of a packet."""
    rays, words, lanes, _ = room
    rays[k], rays[WIDE + k], rays[2 * WIDE + k], rays[3 * WIDE + k] = ox, oy, oz, 0.0
    rays[4 * WIDE + k], rays[5 * WIDE + k], rays[6 * WIDE + k] = dx, dy, dz
    rays[7 * WIDE + k], rays[8 * WIDE + k] = 0.0, reach
    words[9 * WIDE + k], words[10 * WIDE + k], words[11 * WIDE + k] = NOTHING, 0, 0
    for n in range(17, 21):
        words[n * WIDE + k] = NOTHING
    lanes[k] = -1


@njit(inline="always")
def nearest_all(scene, room, count):
    """Trace the first `count` rays; then lane k says what `nearest` does, its numbers WIDE apart:
    `hit_of` has the triangle."""
    rays, _, lanes, told = room
    lanes[count:] = 0
    _intersect_all(lanes.ctypes.data, scene, rays.ctypes.data, told.ctypes.data)


@njit(inline="always")
def hit_of(room, k):
    """Triangle that ray k met, or -1."""
    words = room[1]
    return np.int32(-1) if words[18 * WIDE + k] == NOTHING else np.int32(words[17 * WIDE + k])


@njit(inline="always")
def blocked_all(scene, room, count):
    """Whether anything lies within reach of the first `count` rays: number 8 of a lane is then
    below 0."""
    rays, _, lanes, told = room
    lanes[count:] = 0
    _occluded_all(lanes.ctypes.data, scene, rays.ctypes.data, told.ctypes.data)

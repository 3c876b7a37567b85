"""The standing building as the camera saw it: made once a shot, read by every frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter, spline_filter1d

from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.scene import Mesh
from setpiece.render.tracing import Tracer, camera_arrays, make_rays

if TYPE_CHECKING:
    from setpiece.render.ground import GroundLight

F32 = NDArray[np.float32]
UNKNOWN = 2


@dataclass(frozen=True)
class RestView:
    """What frames need of the rest state.

    mesh, camera, light: of the shot.
    picture: (h, w, 3) float32 scene-linear, the building's own picture, filtered so that the mean
        of bilinear taps on a regular 2x2 sub-pixel grid gives the picture back exactly.
    matte: (h, w, 1) likewise. mean: the building's mean albedo (3,).
    seen: (h, w, 2) nearest and farthest distance [m] of the first surface at rest around each
        pixel; inf and -inf where there is none.
    tracer: the standing building for rays.
    bounds: lowest and highest corner of the building at rest (2, 3).
    ground: what the plate shows of the building's own shadow, where that is known.
    """

    mesh: Mesh
    camera: Camera
    light: Light
    picture: F32
    matte: F32
    silhouette: F32
    mean: NDArray[np.float64]
    seen: F32
    tracer: Tracer = field(repr=False)
    bounds: NDArray[np.float64]
    ground: GroundLight | None = None
    _known: dict[Any, tuple[Any, Any]] = field(default_factory=dict, repr=False, compare=False)

    def seen_by(self, rays: Any, count: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """What is known of the sun and the sky at `count` places of the standing world along rays
        of that name: 0, 1 or UNKNOWN, (count,) each, to be filled by who asks."""
        if rays not in self._known:
            sun, sky = (np.full(count, UNKNOWN, np.uint8) for _ in range(2))
            self._known[rays] = sun, sky
        return self._known[rays]

    @staticmethod
    def of(
        mesh: Mesh, camera: Camera, light: Light, picture: F32, matte: F32, samples: int = 4
    ) -> RestView:
        """Build it. picture (h, w, 3) scene-linear; matte (h, w) the silhouette, 0..1.

        samples: a pixel, as the frames will be rendered with.
        """
        tracer = Tracer(mesh.vertices, mesh.faces, lasting=True)
        h, w = matte.shape
        ys, xs = np.divmod(np.arange(h * w, dtype=np.int32), np.int32(w))
        o, d = np.empty((h * w, 3), np.float32), np.empty((h * w, 3), np.float32)
        make_rays(*camera_arrays(camera), xs, ys, 0.0, 0.0, o, d)
        prim, dist, _, _ = tracer.hits(o, d)
        seen = np.where(np.asarray(prim) >= 0, dist, np.inf).astype(np.float32).reshape(h, w)
        # Nearest and farthest surface of the 3x3 neighbourhood: rays through a pixel's corners
        # must agree with the one through its centre.
        far = np.where(np.isfinite(seen), seen, -np.inf)
        seen = np.stack([minimum_filter(seen, 3), maximum_filter(far, 3)], axis=-1)
        inside = matte > 0.6
        colour = picture[inside] if inside.any() else picture.reshape(-1, 3)
        # Seen in a mix of sun and shade: taken as albedo under half the sun.
        open_light = 0.5 * np.array(light.sun) + np.array(light.sky)
        mean = np.clip(np.median(colour, axis=0) / np.maximum(open_light, 0.05), 0.05, 0.75)
        return RestView(
            mesh=mesh,
            camera=camera,
            light=light,
            # One sample sits on the pixel's centre, where a bilinear tap is exact by itself.
            picture=_exact(picture) if samples > 1 else picture,
            matte=_exact(matte[..., None]) if samples > 1 else matte[..., None],
            silhouette=matte,
            mean=mean.astype(np.float64),
            seen=seen,
            tracer=tracer,
            bounds=np.stack([mesh.vertices.min(0), mesh.vertices.max(0)]).astype(np.float64),
        )


def _exact(image: F32) -> F32:
    """Quadratic B-spline coefficients of (h, w, c) (M. Unser, "Splines: a perfect fit for signal
    and image processing", IEEE SPM 1999). Bilinear taps at +-0.25 px weigh them [1/8, 6/8, 1/8],
    which is that spline at the pixel centre: re-projection returns the picture."""
    out = image.astype(np.float64)
    for axis in (0, 1):
        out = spline_filter1d(out, order=2, axis=axis, mode="mirror")
    return np.ascontiguousarray(out, np.float32)

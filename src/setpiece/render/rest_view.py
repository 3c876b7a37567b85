"""The standing building as the camera saw it: made once a shot, read by every frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn, idctn
from scipy.ndimage import maximum_filter, minimum_filter

from setpiece.render.camera import Camera
from setpiece.render.ground import GroundLight, GroundNow, bare_ground, ground_at_rest, ground_level
from setpiece.render.light import Light
from setpiece.render.sampling import pixel_offsets
from setpiece.render.scene import Mesh
from setpiece.render.surface import face_tones
from setpiece.render.tracing import Tracer, camera_arrays, make_rays

F32 = NDArray[np.float32]


@dataclass(frozen=True)
class RestView:
    """What frames need of the rest state.

    mesh, camera, light: of the shot.
    picture: (h, w, 3) float32 scene-linear, the building's own picture, filtered so that the mean
        of bilinear taps where a pixel's rays pass gives the picture back exactly.
    matte: (h, w, 1) likewise. mean: the building's mean albedo (3,).
    seen: (h, w, 2) nearest and farthest distance [m] of the first surface at rest around each
        pixel; inf and -inf where there is none.
    tracer: the standing building for rays.
    bounds: lowest and highest corner of the building at rest (2, 3).
    ground: what the plate shows of the building's own shadow, where that is known.
    opened: (h, w, 1) `openness` of what the plate shows; None takes all of it for open.
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
    opened: F32 | None = None

    @cached_property
    def had(self) -> F32:
        """`opened`, with ones (1, 1, 1) for None, as kernels take it."""
        return np.ones((1, 1, 1), np.float32) if self.opened is None else self.opened

    @cached_property
    def tone(self) -> F32:
        """Mean albedo of every face, (F, 3)."""
        return face_tones(self)

    @cached_property
    def bare_ground(self) -> tuple[F32, NDArray[np.int64]]:
        """All ground in the picture (see `ground.bare_ground`)."""
        return bare_ground(self.camera, *self.silhouette.shape)

    @cached_property
    def ground_at_rest(self) -> GroundNow:
        """The ground's light round the standing building."""
        return ground_at_rest(self)

    @cached_property
    def ground_level(self) -> F32:
        """The same with the sun's colour, (h, w, 3): what changes of it are measured against."""
        return ground_level(self)

    def settle(self) -> None:
        """Work out now what frames would each work out first: for who hands this to others."""
        _ = self.tone, self.bare_ground, self.ground_at_rest, self.mesh.owner
        if self.ground is None:
            _ = self.ground_level

    @staticmethod
    def of(
        mesh: Mesh, camera: Camera, light: Light, picture: F32, matte: F32, samples: int = 4
    ) -> RestView:
        """Build it. picture (h, w, 3) scene-linear; matte (h, w) the silhouette, 0..1.

        samples: a pixel, as the frames will be rendered with.
        """
        tracer = Tracer(mesh.vertices, mesh.faces)
        offsets = pixel_offsets(samples)
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
            picture=_exact(picture, offsets) if samples > 1 else picture,
            matte=_exact(matte[..., None], offsets) if samples > 1 else matte[..., None],
            silhouette=matte,
            mean=mean.astype(np.float64),
            seen=seen,
            tracer=tracer,
            bounds=np.stack([mesh.vertices.min(0), mesh.vertices.max(0)]).astype(np.float64),
        )


def _exact(image: F32, offsets: NDArray[np.float64]) -> F32:
    """(h, w, c) whose bilinear taps at the offsets (n, 2) [px] of a pixel have the image as mean.

    Those taps weigh a pixel and its neighbours alike to all sides, so that with mirrored borders
    the cosine transform takes the weights apart: dividing by them there undoes them.
    """
    x, y = np.abs(offsets).T
    middle, diagonal = ((1 - x) * (1 - y)).mean(), (x * y).mean() / 4
    beside = (1 - middle - 4 * diagonal) / 4
    h, w = image.shape[:2]
    down, along = (np.cos(np.pi * np.arange(n) / max(n - 1, 1)) for n in (h, w))
    gain = middle + 2 * beside * (down[:, None] + along) + 4 * diagonal * down[:, None] * along
    waves = dctn(image.astype(np.float64), type=1, axes=(0, 1)) / gain[..., None]
    return np.ascontiguousarray(idctn(waves, type=1, axes=(0, 1)), np.float32)

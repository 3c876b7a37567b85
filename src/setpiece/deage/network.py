"""A network that re-ages a face: our own, or one in an ONNX file that the artist brings.

Both take the form of Zoss, Chandran, Sifakis, Gross, Gotardo and Bradley, "Production-ready face
re-aging for visual effects" (2022): a picture, a map of the ages it shows and a map of the ages it
should show (both over 100) go in, what is to be added to the picture comes out.

The file of somebody else is not trusted: its size, inputs and outputs are checked before anything
runs, it is run by onnxruntime alone with no custom operators and no files beside it, on one thread
and with a limit of time, and what comes back is checked too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Timer
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage.warp import Picture
from setpiece.errors import InputError, StageError

MODEL = "deage.onnx"
OWN = "network"  # the engine that is this file's own model
SIDE = 320  # px: what it is asked at, at most, where the file says nothing
AROUND = 16  # px: what is further away from where an answer is wanted is not looked at: beside 32,
# answers differ by 0.2 of 255 and a quarter less is asked
WANTED = 0.02  # of a matte: where it is less, no answer is wanted
EVEN = 16  # px: sizes are multiples of this where the file says nothing
MOST_BYTES = 600_000_000
LARGEST, SMALLEST = 2048, 32  # px, of a file's own size
PATIENCE = 120.0  # s: a run that takes longer is stopped
MOST = 1.0  # no answer adds more than this to a display value
FLOATS = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
FORM = (
    "It must take a picture and two maps of ages, as float (1, 5, height, width) or as inputs of "
    "3, 1 and 1 channels in this order, and give (1, 3, height, width) back."
)
Ages = float | NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Network:
    """A model that is ready to run, on one thread: the same crop gives the same pixels.

    name: for messages and ledgers. inputs: names in the order in which picture, age and wanted age
    are cut up into them, with their channels and number types. side: (height, width) it insists on,
    or None where it takes any multiple of EVEN.
    """

    name: str
    session: Any
    inputs: tuple[tuple[str, int, Any], ...]
    side: tuple[int, int] | None

    def delta(
        self, crop: Picture, now: Ages, wanted: Ages, inside: NDArray[np.float32] | None = None
    ) -> Picture:
        """What to add to an aligned crop so that it shows `wanted` years instead of `now`.

        Args:
            crop: float32 (size, size, 3), display-referred sRGB 0..1, of an upright square around
                the head (`face.align`).
            now, wanted: years, one number or float32 (size, size). Values are held to 0..100.
            inside: float32 (size, size), where an answer is wanted at all (over WANTED): what lies
                far from there is not looked at, and the answer there is zero. Of no use to a model
                that insists on a size.

        Returns float32 (size, size, 3), display-referred, to be laid on within the skin matte. Zero
        where both ages are equal all over.

        Raises StageError where the model fails, takes too long or gives back something that is no
        picture of the right size.
        """
        size = crop.shape[:2]
        ages = [np.broadcast_to(np.float32(a), size) for a in (now, wanted)]
        if np.array_equal(ages[0], ages[1]):
            return np.zeros((*size, 3), np.float32)
        planes = [np.clip(crop, 0, 1), *(np.clip(a, 0, 100) / np.float32(100) for a in ages)]
        h, w = self.side or tuple(_even(n * min(1.0, SIDE / max(size))) for n in size)
        if (h, w) != size:
            smaller = h * w < size[0] * size[1]
            how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
            planes = [cv2.resize(p, (w, h), interpolation=how) for p in planes]
        stack = np.dstack(planes).astype(np.float32).transpose(2, 0, 1)[None]
        box = (slice(0, h), slice(0, w))
        if inside is not None and self.side is None:
            small = inside if (h, w) == size else cv2.resize(inside, (w, h))
            box = _box(small > WANTED)
        out = np.zeros((h, w, 3), np.float32)
        if stack[:, :, box[0], box[1]].size:
            answer = self._run(np.ascontiguousarray(stack[:, :, box[0], box[1]]))
            out[box] = answer.transpose(1, 2, 0)
        if (h, w) != size:
            out = cv2.resize(out, size[::-1], interpolation=cv2.INTER_CUBIC)
        return np.asarray(np.clip(out, -MOST, MOST), np.float32)

    def _run(self, stack: NDArray[np.float32]) -> NDArray[np.float32]:
        import onnxruntime as ort

        told, at = {}, 0
        for name, channels, kind in self.inputs:
            told[name] = stack[:, at : at + channels].astype(kind, copy=False)
            at += channels
        how = ort.RunOptions()
        stop = Timer(PATIENCE, lambda: setattr(how, "terminate", True))
        stop.daemon = True
        stop.start()
        try:
            answer = np.asarray(self.session.run(None, told, how)[0])
        except Exception as error:  # onnxruntime's errors have no common base
            raise StageError(
                f"{self.name}: the model did not answer ({_first_line(error)})."
            ) from error
        finally:
            stop.cancel()
        wanted = (1, 3, *stack.shape[2:])
        if answer.shape != wanted:
            raise StageError(f"{self.name}: gave back {answer.shape} instead of {wanted}.")
        answer = answer[0].astype(np.float32)
        if not np.isfinite(answer).all():
            raise StageError(f"{self.name}: gave back values that are no numbers.")
        return answer


def open_network(engine: str = OWN) -> Network:
    """The model of an engine: `network` (our own), or `onnx:FILE`.

    Raises InputError where the engine is unknown or the file is missing, too large, no ONNX model,
    or a model of another form.
    """
    if engine == OWN:
        return _own()
    path = model_path(engine)
    try:
        if not path.is_file():
            raise InputError(f"{path}: there is no such file; give an ONNX model.")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputError(f"{path}: {size / 1e6:.0f} MB; at most {MOST_BYTES / 1e6:.0f} MB.")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error
    return _opened(str(path), data)


def model_path(engine: str) -> Path:
    """The file of an engine's model. Raises InputError where the engine has none."""
    if engine == OWN:
        return Path(str(files("setpiece.models").joinpath(MODEL)))
    kind, _, name = engine.partition(":")
    if kind != "onnx" or not name.strip():
        raise InputError(f"engine “{engine}” is not known; there are native, {OWN} and onnx:FILE.")
    return Path(name.strip()).expanduser()


@lru_cache(maxsize=1)
def _own() -> Network:
    return _opened(MODEL, model_path(OWN).read_bytes())


def _opened(name: str, data: bytes) -> Network:
    import onnxruntime as ort

    how = ort.SessionOptions()
    how.intra_op_num_threads = how.inter_op_num_threads = 1
    how.use_deterministic_compute = True
    how.log_severity_level = 4  # what is wrong is said by our own errors
    try:
        session = ort.InferenceSession(data, how, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no common base
        raise InputError(
            f"{name}: is not an ONNX model that onnxruntime can run ({_first_line(error)})."
        ) from error
    return _described(name, session)


def _described(name: str, session: Any) -> Network:
    """The network, if its own description is of the form that we can use."""
    given, gives = session.get_inputs(), session.get_outputs()
    shapes = [tuple(i.shape) for i in given]
    channels = [s[1] if len(s) == 4 else None for s in shapes]
    wrong = f"{name}: takes {_said(given)} and gives {_said(gives)}. {FORM}"
    if channels not in ([5], [3, 2], [3, 1, 1]) or not gives:
        raise InputError(wrong)
    kinds = [FLOATS.get(i.type) for i in given]
    out = tuple(gives[0].shape)
    three = len(out) == 4 and (out[1] == 3 or not isinstance(out[1], int))
    if None in kinds or gives[0].type not in FLOATS or not three:
        raise InputError(wrong)
    if any(isinstance(s[0], int) and s[0] != 1 for s in [*shapes, out]):
        raise InputError(wrong)
    sides = {s[2:] for s in shapes}
    whole = {s for s in sides if all(isinstance(n, int) for n in s)}
    if len(whole) > 1 or (whole and sides != whole):
        raise InputError(wrong)
    if any(isinstance(n, int) for s in sides - whole for n in s):
        raise InputError(wrong)
    side = next(iter(whole), None)
    if side is not None and not all(SMALLEST <= n <= LARGEST for n in side):
        raise InputError(
            f"{name}: works at {side[1]}x{side[0]} pixels; {SMALLEST} to {LARGEST} can be used."
        )
    inputs = tuple((i.name, c, k) for i, c, k in zip(given, channels, kinds, strict=True))
    return Network(name, session, inputs, side)


def _box(where: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Rows and columns around what is true, on a grid of EVEN pixels; empty where nothing is."""
    cuts = []
    for axis, size in ((1, where.shape[0]), (0, where.shape[1])):
        at = np.flatnonzero(where.any(axis))
        if not len(at):
            return slice(0, 0), slice(0, 0)
        first = max(int(at[0]) - AROUND, 0) // EVEN * EVEN
        last = -(-min(int(at[-1]) + 1 + AROUND, size) // EVEN) * EVEN
        cuts.append(slice(first, min(last, size)))
    return cuts[0], cuts[1]


def _even(n: float) -> int:
    return max(EVEN, int(EVEN * round(n / EVEN)))


def _said(many: Any) -> str:
    return ", ".join(f"{i.type} {tuple(i.shape)}" for i in many) or "nothing"


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:160]

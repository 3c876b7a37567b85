"""Make the exported network cheap: most of its convolutions in 8 bits, calibrated on portraits.

    python training/deage/quantise.py deage_float.onnx PORTRAITS [--to MODEL.onnx]

Weights are per channel and of 7 bits, so that processors without 8-bit dot products do not
overflow (onnxruntime's `reduce_range`); the first and the last convolution, and each that alone
would move the answer by more than ALONE, stay as they are. Portraits that were set aside are not
looked at.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime as ort
from faces import TAKEN, detected, held_out
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from setpiece.deage.face import align, fitting_size
from setpiece.deage.network import EVEN, SIDE

F32 = NDArray[np.float32]
MODELS = Path(__file__).resolve().parents[2] / "src" / "setpiece" / "models"
LOOKED_AT = 32  # portraits that it is calibrated on
ALONE = 0.12 / 255  # rms, display-referred
YEARS = 20


class _Crops(CalibrationDataReader):
    def __init__(self, name: str, crops: Sequence[F32]) -> None:
        self._left: Iterator[dict[str, F32]] = iter([{name: c} for c in crops])

    def get_next(self) -> dict[str, F32] | None:
        return next(self._left, None)


def crops_of(folder: Path) -> list[F32]:
    """What the network is asked of portraits that are not held out, (1, 5, h, w) each."""
    apart = held_out()
    paths = [p for p in sorted(folder.glob("*.jpg")) if p.stem not in apart]
    out = []
    for path in paths[:: max(len(paths) // LOOKED_AT, 1)][:LOOKED_AT]:
        found = detected(path)
        if found is None:
            continue
        rgb, face = found
        side = fitting_size(face)
        crop = np.clip(align(face, side).crop(rgb), 0, 1)
        n = max(EVEN, EVEN * (min(side, SIDE) // EVEN))
        small = cv2.resize(crop, (n, n), interpolation=cv2.INTER_AREA)
        year = path.stem.rpartition("_")[2]
        age = float(TAKEN - int(year)) if year.isdigit() else 55.0
        ages = [np.full((n, n), a / 100, np.float32) for a in (age, max(age - YEARS, 20))]
        out.append(np.dstack([small, *ages]).astype(np.float32).transpose(2, 0, 1)[None])
    return out


def answers(path: Path, crops: Sequence[F32]) -> list[F32]:
    """What a model says to each crop."""
    how = ort.SessionOptions()
    how.intra_op_num_threads = 1
    session = ort.InferenceSession(str(path), how, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return [np.asarray(session.run(None, {name: c})[0]) for c in crops]


def off(some: Sequence[F32], others: Sequence[F32]) -> float:
    """Root of the mean squared difference of answers."""
    return float(
        np.sqrt(np.mean([((a - b) ** 2).mean() for a, b in zip(some, others, strict=True)]))
    )


def quantise(source: Path, folder: Path, to: Path) -> None:
    """Write the model `source` to `to`, and print what each step costs."""
    crops = crops_of(folder)
    if not crops:
        raise SystemExit(f"{folder}: no portrait with a face in it; name a folder of portraits")
    few = crops[:: max(len(crops) // 6, 1)]
    with tempfile.TemporaryDirectory() as made:
        ready, trial = Path(made) / "ready.onnx", Path(made) / "trial.onnx"
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        graph = onnx.load(str(ready)).graph
        name = graph.input[0].name
        inner = [n.name for n in graph.node if n.op_type == "Conv"][1:-1]
        true = answers(ready, few)

        def write(nodes: list[str], seen: Sequence[F32], path: Path) -> None:
            quantize_static(
                str(ready), str(path), _Crops(name, seen), quant_format=QuantFormat.QDQ,
                per_channel=True, reduce_range=True, weight_type=QuantType.QInt8,
                activation_type=QuantType.QUInt8, op_types_to_quantize=["Conv"],
                nodes_to_quantize=nodes,
            )  # fmt: skip

        alone = {}
        for node in inner:
            write([node], few, trial)
            alone[node] = off(answers(trial, few), true)
            print(f"{node}: {255 * alone[node]:.3f} of 255", flush=True)
        chosen = [n for n in inner if alone[n] <= ALONE]
        if not chosen:  # an empty list would mean all of them to onnxruntime
            raise SystemExit(f"{source}: no convolution of it can be in 8 bits unseen")
        write(chosen, crops, to)
    size = np.sqrt(np.mean([(t**2).mean() for t in true]))
    print(f"{len(chosen)} of {len(inner)}: off by {255 * off(answers(to, few), true):.3f} of 255, "
          f"where the answer is {255 * size:.2f}; {to} has {to.stat().st_size} bytes")  # fmt: skip


if __name__ == "__main__":
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("source", type=Path)
    ask.add_argument("portraits", type=Path)
    ask.add_argument("--to", type=Path, default=MODELS / "deage.onnx")
    asked = ask.parse_args()
    quantise(asked.source, asked.portraits, asked.to)

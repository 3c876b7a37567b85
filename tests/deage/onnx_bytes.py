"""Small ONNX models as bytes, written by hand: the package `onnx` is not needed for that."""

from __future__ import annotations

import struct
from collections.abc import Sequence

FLOAT, INT64 = 1, 7


def _number(value: int) -> bytes:
    out = b""
    value &= (1 << 64) - 1
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def _field(number: int, value: bytes | int | str) -> bytes:
    if isinstance(value, int):
        return _number(number << 3) + _number(value)
    data = value.encode() if isinstance(value, str) else value
    return _number(number << 3 | 2) + _number(len(data)) + data


def _shape(shape: Sequence[int | str], kind: int) -> bytes:
    dims = b"".join(_field(1, _field(2, d) if isinstance(d, str) else _field(1, d)) for d in shape)
    return _field(1, _field(1, kind) + _field(2, dims))


def value(name: str, shape: Sequence[int | str], kind: int = FLOAT) -> bytes:
    """A ValueInfoProto."""
    return _field(1, name) + _field(2, _shape(shape, kind))


def constant(name: str, shape: Sequence[int], numbers: Sequence[float]) -> bytes:
    """A float TensorProto."""
    dims = b"".join(_field(1, d) for d in shape)
    raw = struct.pack(f"<{len(numbers)}f", *numbers)
    return dims + _field(2, FLOAT) + _field(8, name) + _field(9, raw)


def node(op: str, inputs: Sequence[str], outputs: Sequence[str], domain: str = "") -> bytes:
    """A NodeProto without attributes."""
    out = b"".join(_field(1, i) for i in inputs) + b"".join(_field(2, o) for o in outputs)
    return out + _field(4, op) + (_field(7, domain) if domain else b"")


def model(
    nodes: Sequence[bytes],
    inputs: Sequence[bytes],
    outputs: Sequence[bytes],
    constants: Sequence[bytes] = (),
) -> bytes:
    """A ModelProto of one graph."""
    graph = b"".join(_field(1, n) for n in nodes) + _field(2, "g")
    graph += b"".join(_field(5, c) for c in constants)
    graph += b"".join(_field(11, i) for i in inputs) + b"".join(_field(12, o) for o in outputs)
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 17))


def mixing(shape: Sequence[int | str], weights: Sequence[float]) -> bytes:
    """A 1x1 convolution of five channels into three. weights: 15, row by row."""
    out = [1, 3, *shape[2:]]
    return model(
        [node("Conv", ["x", "w"], ["y"])],
        [value("x", shape)],
        [value("y", out)],
        [constant("w", (3, 5, 1, 1), weights)],
    )

"""Squares cut out of a frame, turned and scaled, and what was painted on them laid back.

Coordinates have pixel centres at +0.5, x right, y down, from the top left corner.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Matrix = NDArray[np.float64]


def square_matrix(
    centre: tuple[float, float], side: float, angle: float, size: int
) -> NDArray[np.float64]:
    """Frame -> square of `size` pixels: the square around `centre` [px] with edges of `side` [px],
    whose x axis points along `angle` [radians] in the frame. float64 (2, 3), never stretched.
    """
    k = size / side
    c, s = k * math.cos(angle), k * math.sin(angle)
    x, y = centre
    return np.array(
        [[c, s, size / 2 - c * x - s * y], [-s, c, size / 2 + s * x - c * y]], np.float64
    )


def inverse(matrix: Matrix) -> Matrix:
    """Square -> frame, of a frame -> square matrix (2, 3)."""
    turn = np.linalg.inv(matrix[:, :2])
    return np.hstack([turn, -turn @ matrix[:, 2:]])


def apply(matrix: Matrix, points: NDArray[np.floating]) -> NDArray[np.float32]:
    """Points (n, 2 or more) through a matrix (2, 3); float32 (n, 2)."""
    return (points[:, :2] @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def scale_of(matrix: Matrix) -> float:
    """Pixels of the square to one of the frame."""
    return float(math.hypot(matrix[0, 0], matrix[1, 0]))


def cut(picture: Picture, matrix: Matrix, size: int) -> Picture:
    """The square (size, size[, c]) out of a frame (h, w[, c]); beyond the frame its edge is held.

    Made smaller, the frame is averaged first, so that nothing aliases. Any colour space.
    """
    return _sample(picture, matrix, (size, size), cv2.BORDER_REPLICATE)


def window(
    matrix: Matrix, size: int, shape: tuple[int, ...], part: tuple[slice, slice] | None = None
) -> tuple[slice, slice]:
    """Rows and columns of a frame of `shape` (h, w, ...) that the square or a part covers."""
    rows, columns = part or (slice(0, size), slice(0, size))
    x0, x1, y0, y1 = columns.start, columns.stop, rows.start, rows.stop
    corners = np.array([[x0, y0], [x1, y0], [x0, y1], [x1, y1]], np.float64)
    placed = apply(inverse(matrix), corners)
    x0, y0 = np.floor(placed.min(0)).astype(int) - 1
    x1, y1 = np.ceil(placed.max(0)).astype(int) + 1
    h, w = shape[:2]
    x0, x1 = np.clip([x0, x1], 0, w)
    y0, y1 = np.clip([y0, y1], 0, h)
    return slice(int(y0), int(y1)), slice(int(x0), int(x1))


def lay_back(square: Picture, matrix: Matrix, where: tuple[slice, slice]) -> Picture:
    """The square's values (size, size[, c]) on the frame's pixels `where` (see `window`).

    Zero beyond the square: meant for deltas and mattes that end before the square does.
    """
    rows, columns = where
    back = inverse(matrix)
    back[:, 2] -= (columns.start, rows.start)
    size = (columns.stop - columns.start, rows.stop - rows.start)
    if 0 in size:
        return np.zeros((size[1], size[0], *square.shape[2:]), np.float32)
    return _sample(square, back, size, cv2.BORDER_CONSTANT)


def _sample(picture: Picture, matrix: Matrix, size: tuple[int, int], border: int) -> Picture:
    """Cubic where it grows, linear on an averaged picture where it shrinks; (h, w) = size[::-1]."""
    source = np.ascontiguousarray(picture, np.float32)
    matrix = np.array(matrix, np.float64)
    k = scale_of(matrix)
    if k < 0.75:
        # Only the part that is seen is averaged: a face in a 4K frame is a small part of it.
        source, matrix = _part(source, matrix, size, margin=4 / k)
        # Whole steps by area, the rest by a small Gaussian.
        step = max(1, int(1 / k))
        if step > 1 and min(source.shape[:2]) >= step:
            h, w = (n // step * step for n in source.shape[:2])
            if (h, w) != source.shape[:2]:  # hold the edge up to a whole number of steps
                pad = [(-n) % step for n in source.shape[:2]]
                source = cv2.copyMakeBorder(source, 0, pad[0], 0, pad[1], cv2.BORDER_REPLICATE)
                h, w = source.shape[:2]
            source = cv2.resize(source, (w // step, h // step), interpolation=cv2.INTER_AREA)
            matrix[:, :2] *= step
            k *= step
        if k < 0.95:
            sigma = 0.5 * math.sqrt(1 / k**2 - 1)
            source = cv2.GaussianBlur(source, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    # OpenCV counts from the centre of the first pixel.
    half = np.array([0.5, 0.5])
    matrix[:, 2] += matrix[:, :2] @ half - half
    flags = cv2.INTER_CUBIC if k > 1.05 else cv2.INTER_LINEAR
    return cv2.warpAffine(source, matrix, size, flags=flags, borderMode=border)


def _part(
    picture: Picture, matrix: Matrix, size: tuple[int, int], margin: float
) -> tuple[Picture, Matrix]:
    w, h = size
    corners = apply(inverse(matrix), np.array([[0, 0], [w, 0], [0, h], [w, h]], np.float64))
    low = np.floor(corners.min(0) - margin).astype(int)
    high = np.ceil(corners.max(0) + margin).astype(int)
    rows, columns = picture.shape[:2]
    x0, x1 = np.clip([low[0], high[0]], 0, columns)
    y0, y1 = np.clip([low[1], high[1]], 0, rows)
    x0, y0 = min(x0, columns - 1), min(y0, rows - 1)
    part = picture[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ np.array([x0, y0], np.float64)
    return np.ascontiguousarray(part), moved

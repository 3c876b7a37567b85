"""Bonds to the ground, and to the rest for pieces that would hang in the air."""

from __future__ import annotations

import numpy as np

#: Interfaces smaller than this carry nothing [m2].
SMALLEST_AREA = 0.002


def ground_bonds(corner, start, normal, face_of, ground):  # type: ignore[no-untyped-def]
    """Faces that look down and lie on the ground (within 0.3 m: a building may step)."""
    rows = []
    for f in np.flatnonzero(normal[:, 2] < -0.97):
        p = corner[start[f] : start[f + 1]]
        if abs(p[:, 2].mean() - ground) < 0.3:
            e = np.roll(p, -1, 0) - p
            length = np.linalg.norm(e, axis=1)
            t = e[int(np.argmax(length))] / length.max()
            b = np.cross(normal[f], t)
            w = np.array([np.ptp(p @ t), np.ptp(p @ b)])
            q = np.stack([p @ t, p @ b], 1)
            r = np.roll(q, -1, 0)
            area = abs((q[:, 0] * r[:, 1] - r[:, 0] * q[:, 1]).sum()) / 2
            if area > SMALLEST_AREA:
                rows.append((face_of[f], p.mean(0), normal[f], t, w * np.sqrt(area / w.prod())))
    k = len(rows)
    return (
        np.array([r[0] for r in rows], np.int64),
        np.full(k, -1, np.int64),
        np.array([r[1] for r in rows]).reshape(-1, 3),
        np.array([r[2] for r in rows]).reshape(-1, 3),
        np.array([r[3] for r in rows]).reshape(-1, 3),
        np.array([r[4] for r in rows]).reshape(-1, 2),
    )


def tie_orphans(n, i, j, centre, box, regions, cells):  # type: ignore[no-untyped-def]
    """Bonds that tie components which do not reach the ground to their nearest neighbour."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    a, b = list(i), [n if x < 0 else x for x in j]
    rows = []
    while True:
        m = coo_matrix((np.ones(len(a)), (a, b)), shape=(n + 1, n + 1))
        count, label = connected_components(m, directed=False)
        if count == 1:
            break
        loose = np.flatnonzero(label[:n] != label[n])
        firm = np.flatnonzero(label[:n] == label[n])
        if len(firm) == 0:  # nothing stands on the ground: the lowest piece does
            k = int(np.argmin(box[:, 0, 2]))
            a.append(k)
            b.append(n)
            down = np.array([0.0, 0.0, -1.0])
            spot = np.array([*centre[k][:2], box[k, 0, 2]])
            rows.append((k, -1, spot, down, np.array([1.0, 0, 0]), np.array([0.3, 0.3])))
            continue
        gap = np.maximum(box[firm][None, :, 0] - box[loose][:, None, 1],
                         box[loose][:, None, 0] - box[firm][None, :, 1]) \
            if len(loose) * len(firm) < 4_000_000 else None  # fmt: skip
        if gap is None:
            from scipy.spatial import cKDTree

            d, at = cKDTree(centre[firm]).query(centre[loose])
            x, y = int(loose[np.argmin(d)]), int(firm[at[np.argmin(d)]])
        else:
            far = np.linalg.norm(np.maximum(gap, 0), axis=2)
            far += 1e-3 * np.linalg.norm(centre[loose][:, None] - centre[firm][None], axis=2)
            p, q = np.unravel_index(int(np.argmin(far)), far.shape)
            x, y = int(loose[p]), int(firm[q])
        d = centre[y] - centre[x]
        normal = d / np.linalg.norm(d)
        t = np.cross(normal, [0, 0, 1.0] if abs(normal[2]) < 0.9 else [1.0, 0, 0])
        lo = np.maximum(box[x, 0], box[y, 0])
        hi = np.minimum(box[x, 1], box[y, 1])
        w = max(0.1, min(regions[cells.region[x]].thickness, regions[cells.region[y]].thickness))
        rows.append((x, y, (lo + hi) / 2, normal, t / np.linalg.norm(t), np.array([w, w])))
        a.append(x)
        b.append(y)
    return (
        np.array([r[0] for r in rows], np.int64),
        np.array([r[1] for r in rows], np.int64),
        np.array([r[2] for r in rows]).reshape(-1, 3),
        np.array([r[3] for r in rows]).reshape(-1, 3),
        np.array([r[4] for r in rows]).reshape(-1, 3),
        np.array([r[5] for r in rows]).reshape(-1, 2),
    )

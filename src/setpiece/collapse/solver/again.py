"""Contact points on what two hulls touched with a moment ago: a face, or two edges.

Along the axis of any face, or of any two edges, hulls never overlap less than they do. While that
is little, or they are apart, what served in the tick before still serves, and no other axis need
be looked at: the test of all of them is what a heap that still moves spends most of its time on.
"""

from __future__ import annotations

import math

from numba import njit

from setpiece.collapse.solver.patch import edge_point
from setpiece.collapse.solver.sat import EDGES, MANY, patch_on

AGAIN = 6  # times that this is done before all axes are tested
SHALLOW = 0.005  # [m] and no deeper than this
OFF = 0.001  # [m] by which other corners may stand out beyond two edges


@njit(cache=True, nogil=True)
def touch_again(i, j, seat, vs, fs, loop, ls, edge, es, margin, axis, out, work):
    """Contact points as `sat.hull_contact` gives them, on its `seat`; 0 where that serves no more.

    axis: receives the axis; must hold the last one where two edges touched.
    """
    corner, side, c1, c2 = work[0], work[1], work[2], work[3]
    wa = corner[vs[i] : vs[i + 1]]
    wb = corner[vs[j] : vs[j + 1]]
    if seat >= EDGES:
        ea = es[i] + (seat - EDGES) // MANY
        eb = es[j] + (seat - EDGES) % MANY
        return _edges(edge, ea, eb, wa, wb, margin, axis, out)
    na = side[fs[i] : fs[i + 1]]
    nb = side[fs[j] : fs[j + 1]]
    face, other = (seat - 1, -1) if seat > 0 else (0, -seat - 1)
    for a in range(3):
        axis[a] = na[face, a] if other < 0 else -nb[other, a]
    ref = na[face] if other < 0 else nb[other]
    k = patch_on(i, j, face, other, wa, wb, na, nb, ref, fs, loop, ls, margin, out, c1, c2)
    for c in range(k):
        if out[c, 6] < -SHALLOW:
            return 0
    return k


@njit(cache=True, nogil=True)
def _edges(edge, ea, eb, wa, wb, margin, axis, out):
    u, w = edge[ea, 0], edge[ea, 1]
    y, z = edge[eb, 0], edge[eb, 1]
    p0, p1, p2 = wa[w, 0] - wa[u, 0], wa[w, 1] - wa[u, 1], wa[w, 2] - wa[u, 2]
    q0, q1, q2 = wb[z, 0] - wb[y, 0], wb[z, 1] - wb[y, 1], wb[z, 2] - wb[y, 2]
    n0 = p1 * q2 - p2 * q1
    n1 = p2 * q0 - p0 * q2
    n2 = p0 * q1 - p1 * q0
    l = n0 * n0 + n1 * n1 + n2 * n2
    if l < 1e-4 * (p0 * p0 + p1 * p1 + p2 * p2) * (q0 * q0 + q1 * q1 + q2 * q2):
        return 0
    l = 1.0 / math.sqrt(l)
    if n0 * axis[0] + n1 * axis[1] + n2 * axis[2] < 0.0:
        l = -l
    n0 *= l
    n1 *= l
    n2 *= l
    hi = -1e9
    for k in range(wa.shape[0]):
        hi = max(hi, n0 * wa[k, 0] + n1 * wa[k, 1] + n2 * wa[k, 2])
    lo = 1e9
    for k in range(wb.shape[0]):
        lo = min(lo, n0 * wb[k, 0] + n1 * wb[k, 1] + n2 * wb[k, 2])
    gap = n0 * (wb[y, 0] - wa[u, 0]) + n1 * (wb[y, 1] - wa[u, 1]) + n2 * (wb[y, 2] - wa[u, 2])
    if gap - (lo - hi) > OFF or gap < -SHALLOW or gap > margin:
        return 0
    axis[0] = n0
    axis[1] = n1
    axis[2] = n2
    return edge_point(edge, ea, eb, wa, wb, axis, gap, out)

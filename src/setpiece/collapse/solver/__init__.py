"""Rigid pieces, breakable bonds and contacts: the kernels under `collapse.fall`.

An explicit scheme: every bond is a short beam with plastic limits and a ductility counter, every
contact a stiff spring with friction, and both are integrated at the same small step (1/2880 s) by
semi-implicit Euler. It follows the bonded-particle and applied-element methods (Potyondy & Cundall
2004, "A bonded-particle model for rock"; Meguro & Tagel-Din 2000, "Applied element method for
structural analysis"). Forces are summed in a fixed order, so a run repeats to the bit. The kernels
are compiled without fast math: with it, a process that compiled them and one that loaded them from
the cache rounded differently, and a collapse is chaos. What is past the film's end and mostly down
may go on at larger steps (`World.coarsen`).
"""

STEP = 1.0 / 2880.0  # [s] the explicit step
SUBSTEPS = 12  # steps between two narrow phases
TICK = STEP * SUBSTEPS  # [s] 1/240
COARSE = 2  # steps of what nobody sees are that much longer,
LONGER = 2  # and its ticks that much
GRAVITY = 9.81  # [m/s2]

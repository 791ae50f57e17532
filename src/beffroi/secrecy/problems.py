"""A problem of secrecy: cells, the atoms that they add up, and what may be known of each."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indexes = NDArray[np.intp]

_OF_ATOMS = ("atoms", "floors", "ceilings", "integral")
_OTHERS = ("relations", *_OF_ATOMS)


@dataclass(frozen=True)
class Problem:
    """What one audience may come to know of some quantities, and what of it has to stay unknown.

    An **atom** is the smallest quantity that anything published adds up (a commune, an age and a sex at a period, say);
    a **cell** is a figure that is or could be published: a row of ``relations``, the share of each atom that it adds
    up. All that ties cells together (larger territories, overlapping groupings, totals by another dimension, several
    vintages) is there, since they add up the same atoms.

    - ``relations``: cells x atoms, canonical (sorted indices, no duplicate, no stored zero). A row without an entry is
      a cell of nothing.
    - ``atoms``: the true value of each atom; ``values``: that of each cell, ``relations @ atoms`` within ``slack``.
    - ``floors``, ``ceilings``: what anybody holds possible of an atom: 0 where nothing is negative, else -inf; +inf.
    - ``integral``: atoms that can only be whole numbers.
    - ``slack``: by how much the published figure of a cell may differ from what it adds up (0 when it is exact, half of
      the last digit when it is rounded).
    - ``least``, ``most``: what is known of the figure of a cell even where it is hidden, since it is said why (under
      three, three or more); -inf, +inf where nothing is.
    - ``sensitive``: cells that must stay unknown; ``below`` and ``above`` (not negative, 0 where not sensitive): an
      attacker has to hold possible a value at least that much under, and over, the true one. What cannot be (below the
      least possible value, over the most that is known) is not asked.
    - ``offered``: cells that are published unless they are hidden. ``known``: cells that are known whatever is done
      (totals given by others, figures that an earlier edition gave away): they cannot be hidden. A sensitive cell that
      is known is nobody's secret: it is not to be protected any more (and is told apart in reports).
    - ``weights``: what is lost by hiding a cell (not negative; 0 when not offered).
    """

    relations: csr_array
    atoms: Floats
    values: Floats
    floors: Floats
    ceilings: Floats
    integral: Flags
    slack: Floats
    least: Floats
    most: Floats
    sensitive: Flags
    below: Floats
    above: Floats
    offered: Flags
    known: Flags
    weights: Floats

    def restrict(self, cells: Indexes, atoms: Indexes | None = None) -> "Problem":
        """The same problem with these cells alone, over all the atoms or over these alone, in the order given."""
        relations = csr_array(self.relations[cells])
        if atoms is None:
            atoms = np.arange(relations.shape[1])
        else:
            relations = csr_array(relations[:, atoms])
            relations.sort_indices()
        of_atoms = {name: getattr(self, name)[atoms] for name in _OF_ATOMS}
        of_cells = {field.name: getattr(self, field.name)[cells] for field in fields(self) if field.name not in _OTHERS}
        return replace(self, relations=relations, **of_atoms, **of_cells)

    def told(self, hidden: Flags) -> Flags:
        """The cells whose figure the audience has when ``hidden`` cells are not published."""
        return (self.offered & ~hidden) | self.known

    def kept(self) -> Flags:
        """The cells that have to be kept unknown."""
        return self.sensitive & ~self.known

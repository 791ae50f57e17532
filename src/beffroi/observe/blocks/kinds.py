"""Which figure each kind of block becomes."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from beffroi.catalog.blocks import BLOCK_KINDS, FigureBlock
from beffroi.observe.blocks.areas import observe_area
from beffroi.observe.blocks.bars import observe_bars
from beffroi.observe.blocks.bivariates import observe_bivariate
from beffroi.observe.blocks.comparisons import observe_comparison, observe_key_years
from beffroi.observe.blocks.flows import observe_flow
from beffroi.observe.blocks.keys import observe_keys
from beffroi.observe.blocks.lines import observe_line
from beffroi.observe.blocks.multiples import observe_multiples
from beffroi.observe.blocks.pyramids import observe_pyramid
from beffroi.observe.blocks.scatters import observe_scatter
from beffroi.observe.blocks.slopes import observe_slope
from beffroi.observe.blocks.spreads import observe_spread
from beffroi.observe.blocks.targets import observe_target
from beffroi.observe.frames import Frame
from beffroi.observe.standings import Reading, Standing


class BlockFigure(Protocol):
    """What every figure of a page has."""

    @property
    def frame(self) -> Frame:
        """The words around it."""

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Every value that it shows."""


_OBSERVERS: Mapping[str, Callable[[Standing, Any], BlockFigure]] = {
    "key_figures": observe_keys,
    "line": observe_line,
    "bar": observe_bars,
    "choropleth": observe_spread,
    "circles": observe_spread,
    "ranking": observe_spread,
    "distribution": observe_spread,
    "comparison": observe_comparison,
    "key_years": observe_key_years,
    "target": observe_target,
    "slope": observe_slope,
    "pyramid": observe_pyramid,
    "multiples": observe_multiples,
    "area": observe_area,
    "scatter": observe_scatter,
    "bivariate_map": observe_bivariate,
    "flow": observe_flow,
}


def observe_block(standing: Standing, kind: str, said: Mapping[str, Any]) -> BlockFigure:
    """The figure of a block of the catalogue: ``said`` are its keys, as an edition keeps them.

    ``figure-period-absent`` when it asks for a period that its indicator does not have; ``indicator-unavailable``
    when what it shows was not released.
    """
    model = BLOCK_KINDS[kind]
    # A figure without a name of its own has been given its position, which is none that one could write.
    own = {key: value for key, value in said.items() if key in model.model_fields and key != "name"}
    block = model.model_validate(own)
    return _OBSERVERS[kind](standing, block)


def is_figure(kind: str) -> bool:
    """Whether blocks of this kind are figures, with data and a sentence."""
    return issubclass(BLOCK_KINDS[kind], FigureBlock)


__all__ = ["BlockFigure", "is_figure", "observe_block"]

"""Maps on paper: a PDF to scale, drawn from the features themselves, with all that a sheet must say of itself."""

from beffroi.publish.prints.forms import render_print_form
from beffroi.publish.prints.orders import MOST_SHEETS, PrintOrder, read_order
from beffroi.publish.prints.papers import PAPERS
from beffroi.publish.prints.sheets import name_print, write_print

__all__ = ["MOST_SHEETS", "PAPERS", "PrintOrder", "name_print", "read_order", "render_print_form", "write_print"]

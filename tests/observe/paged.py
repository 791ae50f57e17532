"""The invented release with observatories: pages written as an author writes them, read as a workspace reads them."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from beffroi.access import PUBLIC, Audience, Reader, allows
from beffroi.catalog.blocks import BLOCK_KINDS
from beffroi.catalog.observatories import PageHead
from beffroi.catalog.pages import Page, PageText, Placed, Prose
from beffroi.catalog.reading.mismatches import read_declaration
from beffroi.catalog.reading.pages import WrittenProse, read_page
from beffroi.lake.releases import Release
from tests.observe.invented import build_release

HELD = """---
title: Se loger {{ here.in }}
summary: Le parc {{ here.of }}.
levels: [commune, epci, grouping]
compared: [epci, perimeter]
otherwise: valeur non diffusée
---

À {{ here }}, la vacance est de {{ housing/vacancy_rate }}, contre {{ housing/vacancy_rate, territory: perimeter }}
{{ perimeter.in }}.

## Où ?

```choropleth
name: carte
indicator: housing/vacancy_rate
```

```key_figures
name: cles
indicators: [housing/vacancy_rate, mobility/accidents, land/median_price]
```

```line
indicator: mobility/accidents
```

```bar
name: lumiere
breakdown: mobility/by_light
```

```comparison
name: tableau
indicators: [housing/vacancy_rate, income/median_income]
```

```choropleth
name: prix
indicator: land/median_price
```

```scatter
name: nuage
x: housing/vacancy_rate
y: income/median_income
size: mobility/accidents
```

```bivariate_map
name: croisee
x: housing/vacancy_rate
y: income/median_income
```

```flow
name: flux
links:
  - {source: Accidents, target: Jour, indicator: mobility/by_light/day}
  - {source: Accidents, target: Nuit, indicator: mobility/by_light/night}
```

```passage
shown_for: [epci]
text: Réservé aux **EPCI**.
```

```note
title: Vacance {{ here.of }}
text: Un logement *sans occupant*.
```

```image
file: plan.png
alt: Un plan
credit: Agence
licence: lov2
```

```downloads
indicators: [housing/vacancy_rate, land/median_price]
```
"""

HELD_EN = """---
title: Housing {{ here.in }}
levels: [commune, epci, grouping]
---

Vacancy is {{ housing/vacancy_rate }}.
"""

FRENCH = """---
title: Méthode
---

## Sources

Un texte sans territoire.
"""

RESERVED = """---
title: Page du partenaire
levels: [commune]
---

{{ here }} : {{ land/private_vacancy }}.

```ranking
name: rang
indicator: land/private_vacancy
```

```image
file: secret.png
alt: Un plan réservé
credit: Agence
licence: lov2
```
"""

_PUBLIC = ("housing/vacancy_rate", "mobility/accidents", "income/median_income", "land/median_price")
_CATEGORIES = {"day": ("De jour", 0.6), "night": ("De nuit", 0.3)}


def make_page(
    name: str, texts: Mapping[str, str], *, audience: str = "public", shown: tuple[str, ...] = _PUBLIC
) -> Any:
    """The entry of a page in the catalogue of an edition, from its texts by language."""
    read = {language: _text(text, f"observatories/{name}.md") for language, text in texts.items()}
    said = Page(name, name.partition("/")[0], read, shown, ()).to_json()
    return {**said, "audience": audience, "state": "released", "reasons": [], "key": name}


def _text(text: str, file: str) -> PageText:
    written = read_page(text, file)
    assert written.head is not None, written.faults
    parts: list[Prose | Placed] = []
    for part in written.parts:
        if isinstance(part, WrittenProse):
            parts.append(Prose(part.markdown, file, part.line))
        else:
            assert part.document is not None, part
            block = read_declaration(BLOCK_KINDS[part.kind], part.document)
            assert not block.faults, block.faults
            parts.append(Placed(part.kind, block.value, file, part.line))
    return PageText(file, read_declaration(PageHead, written.head).value, tuple(parts))


def build_paged_release(
    reader: Reader = PUBLIC, *, edition: str = "2026-11-20-1", more: Mapping[str, Any] | None = None
) -> Release:
    """The invented release, with two observatories and a breakdown; ``more`` are other pages of the first."""
    release = build_release(reader, edition=edition)
    everything = {
        "housing/index": make_page("housing/index", {"fr": HELD, "en": HELD_EN}),
        "housing/method": make_page("housing/method", {"fr": FRENCH}, shown=()),
        **(more or {}),
        "reserved/index": make_page(
            "reserved/index", {"fr": RESERVED}, audience="partner:ddtm", shown=("land/private_vacancy",)
        ),
    }
    pages = {name: page for name, page in everything.items() if allows(reader, Audience(page["audience"]))}
    observatories = {
        name: {
            "title": {"fr": title, "en": title}, "summary": {"fr": f"Résumé de {title}.", "en": f"About {title}."},
            "themes": ["housing"], "audience": audience, "state": state, "pictures": [picture],
            "pages": [page for page in pages if page.startswith(f"{name}/")],
        }
        for name, title, audience, state, picture in (
            ("housing", "Se loger", "public", "for_comment", "plan.png"),
            ("reserved", "Observatoire réservé", "partner:ddtm", "draft", "secret.png"),
        )
        if allows(reader, Audience(audience))
    }  # fmt: skip
    indicators = dict(release.catalogue["indicators"])
    parent = indicators["mobility/accidents"]
    breakdowns = {}
    for name, rest in (("by_light", None), ("by_light_whole", {"fr": "Non renseigné", "en": "Not recorded"})):
        breakdowns[f"mobility/{name}"] = {
            "title": {"fr": "Par lumière", "en": "By light"}, "of": "mobility/accidents", "rest": rest,
            "categories": {key: {"title": {"fr": title, "en": key}} for key, (title, _) in _CATEGORIES.items()},
        }  # fmt: skip
        for key, (title, _) in _CATEGORIES.items():
            words = {"fr": f"Accidents : {title.lower()}", "en": f"Accidents: {key}"}
            indicators[f"mobility/{name}/{key}"] = {**parent, "title": words, "featured": False}
    catalogue = {
        **release.catalogue, "indicators": indicators, "breakdowns": breakdowns, "observatories": observatories,
        "pages": pages,
    }  # fmt: skip
    return dataclasses.replace(release, catalogue=catalogue, load_series=lambda name: _series(release, name))


def _series(release: Release, name: str) -> pa.Table:
    """A category has a round part of its parent's values: what is left is in none."""
    breakdown, _, category = name.rpartition("/")
    if not breakdown.startswith("mobility/by_light"):
        return release.load_series(name)
    table = release.load_series("mobility/accidents")
    share = _CATEGORIES[category][1]
    values = [None if value is None else float(math.floor(share * value)) for value in table["value"].to_pylist()]
    table = table.set_column(table.schema.get_field_index("value"), table.schema.field("value"), pa.array(values))
    return table.set_column(0, table.schema.field(0), pa.array([name] * table.num_rows)) if table.column_names[
        0] == "indicator" else table  # fmt: skip

"""The canonical form of a page changes its layout, never what it says nor the lines of its prose."""

from pathlib import Path

import pytest

from beffroi.catalog.page_formatting import format_page

ROUGH = """---
levels: [commune, epci]
title: Se loger   # ce que l'on lit d'abord
---
Une ligne de prose.\u0020\u0020\u0020
Une autre, qui se casse ici\u0020\u0020
puis reprend.



```ranking
indicator:   housing/dwellings  # tout le parc
level: epci
```
```note
title: À savoir
text: >-
  Plié ici
  par son auteur.
```
fin"""

NEAT = """---
title: Se loger # ce que l'on lit d'abord
levels:
  - commune
  - epci
---

Une ligne de prose.
Une autre, qui se casse ici\u0020\u0020
puis reprend.

```ranking
indicator: housing/dwellings # tout le parc
level: epci
```

```note
title: À savoir
text: >-
  Plié ici
  par son auteur.
```

fin
"""


def test_a_page_is_laid_out_with_its_comments() -> None:
    # Three spaces at the end of a line break it as two do: they stay a break.
    assert format_page(ROUGH).replace("prose.  \n", "prose.\n") == NEAT


def test_what_is_canonical_stays() -> None:
    assert format_page(NEAT) == NEAT
    assert format_page(NEAT.replace("\n", "\r\n")) == NEAT


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: jamais fermé\n",
        "---\ntitle: [a\n---\n\nx\n",
        "---\ntitle: a\n---\n\n```ranking\nindicator: [a\n```\n",
        "---\ntitle: a\n---\n\n```rankin\nany:   thing\n```\n",
        "---\ntitle: a\n---\n\n```ranking\n```\n",
        "---\ntitle: a\n---\n\n    code indenté\n\n- liste\n\n  ```sh\n  dans une liste\n  ```\n",
        "",
    ],
)
def test_what_is_at_fault_is_left_alone(text: str) -> None:
    assert format_page(text).strip() == text.strip()


def test_pages_of_the_workspaces_keep_what_they_say() -> None:
    root = Path(__file__).parents[2] / "workspaces"
    for file in sorted(root.glob("*/observatories/*/*.md")):
        once = format_page(file.read_text("utf-8"))
        assert format_page(once) == once, file

"""Invented names: none is drawn from a list of real places, and any likeness is chance."""

import random

_FIRST = ("Au", "Bel", "Bru", "Cor", "Dam", "Es", "Fau", "Gri", "Her", "Jo", "Lor", "Mar", "Nor", "Or", "Per", "Ro",
          "Sau", "Tré", "Ul", "Va", "Ver", "Yss")  # fmt: skip
_MIDDLE = ("bran", "cel", "dri", "fon", "gue", "lan", "li", "mon", "nai", "quer", "ran", "sel", "tan", "vau", "vi")
_LAST = (
    "ce",
    "chère",
    "dre",
    "gnon",
    "lande",
    "lette",
    "mel",
    "nay",
    "relle",
    "rieux",
    "sart",
    "tières",
    "val",
    "vent",
)

_WAYS = ("rue", "rue", "rue", "rue", "impasse", "allée", "venelle")
_TREES = ("des Alisiers", "des Aubiers", "du Bief", "de la Brèche", "des Charmes", "du Clos", "de l'Écluse",
          "des Forges", "de la Fontaine", "des Glaneurs", "du Lavoir", "des Merisiers", "du Moulin", "des Noues",
          "de l'Ouche", "du Pressoir", "des Saules", "des Tilleuls", "de la Tuilerie", "des Vanniers")  # fmt: skip
_WORKS = ("filature", "tuilerie", "laiterie", "scierie", "fonderie", "brasserie", "gare de marchandises", "garage",
          "sucrerie", "station-service", "imprimerie", "caserne")  # fmt: skip


def place_name(rng: random.Random) -> str:
    """A place that does not exist: « Belranval »."""
    return rng.choice(_FIRST) + rng.choice(_MIDDLE) + rng.choice(_LAST)


def of_place(name: str) -> str:
    """« de Belranval », « d'Orlanrelle »."""
    return f"d'{name}" if name[0] in "AEIOUÉ" else f"de {name}"


def street_name(rng: random.Random, rank: int, number: int) -> str:
    """A street: the first to be drawn are roads with a number, the others have names."""
    if rank < 3:
        return f"route n° {number} (fictive)"
    return f"{rng.choice(_WAYS)} {rng.choice(_TREES)}" if rng.random() < 0.6 else f"rue {of_place(place_name(rng))}"


def former_use(rng: random.Random) -> str:
    """What a brownfield was."""
    return rng.choice(_WORKS)

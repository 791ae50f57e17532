"""Statements (RDF) and the three texts that carry them: Turtle, RDF/XML, JSON-LD.

Every node has an address, and statements are written in the order of their words: the same statements are always the
same text, in any process.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr


class Iri(str):
    """An address that names a thing."""

    __slots__ = ()


@dataclass(frozen=True)
class Literal:
    """A value: words in a language, or a value of a type, or plain words."""

    words: str
    language: str = ""
    datatype: Iri | None = None


Value = Iri | Literal


@dataclass(frozen=True)
class Space:
    """A vocabulary: the start of the addresses of its terms."""

    root: str

    def __getitem__(self, term: str) -> Iri:
        return Iri(self.root + term)


RDF = Space("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Space("http://www.w3.org/2000/01/rdf-schema#")
XSD = Space("http://www.w3.org/2001/XMLSchema#")
DCAT = Space("http://www.w3.org/ns/dcat#")
DCT = Space("http://purl.org/dc/terms/")
FOAF = Space("http://xmlns.com/foaf/0.1/")
SKOS = Space("http://www.w3.org/2004/02/skos/core#")
VCARD = Space("http://www.w3.org/2006/vcard/ns#")
HYDRA = Space("http://www.w3.org/ns/hydra/core#")
GEOSPARQL = Space("http://www.opengis.net/ont/geosparql#")

PREFIXES: Mapping[str, Space] = {
    "dcat": DCAT, "dct": DCT, "foaf": FOAF, "geosparql": GEOSPARQL, "hydra": HYDRA, "rdf": RDF, "rdfs": RDFS,
    "skos": SKOS, "vcard": VCARD, "xsd": XSD,
}  # fmt: skip

_TYPE = RDF["type"]


class Statements:
    """A set of statements: of a thing, a property and its value. Properties and types are terms of ``PREFIXES``."""

    def __init__(self) -> None:
        self._held: set[tuple[Iri, Iri, Value]] = set()

    def add(self, thing: Iri, term: Iri, value: Value) -> None:
        self._held.add((thing, term, value))

    def by_thing(self) -> Iterator[tuple[Iri, list[tuple[Iri, list[Value]]]]]:
        """Things in order, each with its properties and their values in order; what it is comes first."""
        for thing, said in groupby(sorted(self._held, key=_order), lambda one: one[0]):
            yield thing, [(term, [value for *_, value in values]) for term, values in groupby(said, lambda one: one[1])]


def _order(statement: tuple[Iri, Iri, Value]) -> tuple[str, bool, str, str, str, str]:
    thing, term, value = statement
    if isinstance(value, Literal):
        return thing, term != _TYPE, term, value.language, value.datatype or "", value.words
    return thing, term != _TYPE, term, "", "", value


def _shorten(iri: Iri) -> str:
    """``dcat:Dataset`` for a term of a known vocabulary; empty for any other address."""
    for prefix, space in PREFIXES.items():
        term = iri.removeprefix(space.root)
        if term != iri and term.isidentifier():
            return f"{prefix}:{term}"
    return ""


def write_turtle(statements: Statements) -> bytes:
    lines = [f"@prefix {prefix}: <{space.root}> ." for prefix, space in PREFIXES.items()]
    for thing, properties in statements.by_thing():
        said = [f"{_shorten(term)} {', '.join(map(_turtle, values))}" for term, values in properties]
        lines += ["", f"<{_safe(thing)}>", "    " + " ;\n    ".join(said) + " ."]
    return ("\n".join(lines) + "\n").encode()


def _turtle(value: Value) -> str:
    if isinstance(value, Iri):
        return _shorten(value) or f"<{_safe(value)}>"
    # JSON escapes all that Turtle asks to escape, and in the same way.
    words = json.dumps(value.words, ensure_ascii=False)
    if value.language:
        return f"{words}@{value.language}"
    return f"{words}^^{_turtle(value.datatype)}" if value.datatype else words


def _safe(iri: str) -> str:
    """An address without what none may hold."""
    return "".join(letter if letter not in '<>"{}|^`\\ ' else f"%{ord(letter):02X}" for letter in iri)


def write_rdf_xml(statements: Statements) -> bytes:
    spaces = "".join(f'\n  xmlns:{prefix}="{space.root}"' for prefix, space in PREFIXES.items())
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<rdf:RDF{spaces}>"]
    for thing, properties in statements.by_thing():
        lines.append(f"  <rdf:Description rdf:about={quoteattr(_safe(thing))}>")
        lines += [f"    {_xml(_shorten(term), value)}" for term, values in properties for value in values]
        lines.append("  </rdf:Description>")
    lines.append("</rdf:RDF>")
    return ("\n".join(lines) + "\n").encode()


def _xml(name: str, value: Value) -> str:
    if isinstance(value, Iri):
        return f"<{name} rdf:resource={quoteattr(_safe(value))}/>"
    more = f' xml:lang="{value.language}"' if value.language else ""
    more += f' rdf:datatype="{value.datatype}"' if value.datatype else ""
    # Letters that XML does not allow have no place in words.
    words = "".join(letter for letter in value.words if letter >= " " or letter in "\t\n")
    return f"<{name}{more}>{escape(words)}</{name}>"


def write_json_ld(statements: Statements) -> bytes:
    graph = []
    for thing, properties in statements.by_thing():
        node: dict[str, object] = {"@id": _safe(thing)}
        for term, values in properties:
            if term == _TYPE:
                node["@type"] = [_shorten(value) for value in values if isinstance(value, Iri)]
            else:
                node[_shorten(term)] = _single(map(_json, values))
        graph.append(node)
    context = {prefix: space.root for prefix, space in PREFIXES.items()}
    return json.dumps({"@context": context, "@graph": graph}, ensure_ascii=False, indent=1).encode()


def _json(value: Value) -> object:
    if isinstance(value, Iri):
        return {"@id": _safe(value)}
    if value.language:
        return {"@language": value.language, "@value": value.words}
    return {"@type": _shorten(value.datatype), "@value": value.words} if value.datatype else value.words


def _single(values: Iterable[object]) -> object:
    found = list(values)
    return found[0] if len(found) == 1 else found


WRITERS: Mapping[str, Callable[[Statements], bytes]] = {
    "jsonld": write_json_ld, "rdf": write_rdf_xml, "ttl": write_turtle,
}  # fmt: skip
"""What writes each form, by its extension."""

__all__ = [
    "DCAT", "DCT", "FOAF", "GEOSPARQL", "HYDRA", "RDF", "RDFS", "SKOS", "VCARD", "WRITERS", "XSD", "Iri", "Literal",
    "Space", "Statements", "Value",
]  # fmt: skip

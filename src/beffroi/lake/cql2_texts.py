"""CQL2 text read into the tree of ``lake.cql2``.

By precedence, one function for all the operators, so that brackets inside brackets cost little of the stack. It accepts
a little more than the grammar (a boolean attribute alone is a condition); what it accepts means the same.
"""

import re
from dataclasses import dataclass
from typing import Any, NoReturn

import shapely

from beffroi.lake.cql2 import (
    CALCULATIONS,
    COMPARISONS,
    DEEPEST,
    FUNCTIONS,
    SHAPES,
    Box,
    Budget,
    Expression,
    Instant,
    Interval,
    Operation,
    Property,
    Shape,
    Value,
    check_length,
    make_box,
    make_shape,
    make_value,
    not_understood,
    read_end,
    read_instant,
    too_large,
    unknown_function,
)

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<text>'(?:\\'(?!')|''|[^'])*')
    | (?P<quoted>"(?:""|[^"])+")
    | (?P<word>(?:[^\W\d]|:)[\w.:]*)
    | (?P<sign><>|<=|>=|[<>=+\-*/%^(),])
    )""",
    re.VERBOSE,
)
_QUOTE = re.compile(r"\\'(?!')|''")
"""A quote inside a text: two of them, or one after a backslash."""
_RANKS = {"+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "div": 6, "^": 7}
_COMPARED = 4
_KEPT = ("AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE", "DIV")
"""Words that name no attribute, unless it is between double quotes."""
_KINDS = {kind.upper(): kind for kind in SHAPES}
_CALLED = (*FUNCTIONS, "date", "timestamp", "interval", "bbox", *(kind.lower() for kind in SHAPES))


@dataclass(frozen=True)
class _Token:
    kind: str
    said: str

    @property
    def word(self) -> str:
        return self.said.upper() if self.kind == "word" else ""


_END = _Token("end", "")


def read_text(said: str) -> Expression:
    """The tree of a CQL2 text; faults ``filter-not-understood``, ``filter-too-large``, ``filter-date-unknown``,
    ``filter-shape-refused``, ``filter-function-unknown``."""
    check_length(said)
    reader = _TextReader(_split(said))
    found = reader.expression(1)
    reader.finish()
    return found


def _split(said: str) -> list[_Token]:
    found, place, end = [], 0, len(said.rstrip())
    while place < end:
        token = _TOKEN.match(said, place)
        if token is None:
            raise not_understood(said[place:].lstrip(), "CQL2")
        found.append(_Token(str(token.lastgroup), token[str(token.lastgroup)]))
        place = token.end()
    return found


class _TextReader:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._place, self._budget = tokens, 0, Budget()

    def expression(self, floor: int) -> Expression:
        """What is tied by operators of rank ``floor`` and above: 1 or, 2 and, 3 not, 4 comparisons, 5 to 7 numbers."""
        self._budget.enter()
        left = self._first(floor)
        chained, compared = 0, False
        while True:
            word, token = self._peek().word, self._peek()
            sign = token.said if token.kind == "sign" else word.lower()
            if word in ("AND", "OR") and floor <= (rank := 2 if word == "AND" else 1):
                left = self._listed(left, word, rank)
            elif sign in COMPARISONS and floor <= _COMPARED and not compared:
                self._next()
                left, compared = Operation(sign, (left, self.expression(_COMPARED + 1))), True
            elif word in ("NOT", "LIKE", "BETWEEN", "IN", "IS") and floor <= _COMPARED and not compared:
                left, compared = self._predicate(left), True
            elif sign in CALCULATIONS and floor <= _RANKS[sign] and not compared:
                self._next()
                chained += 1
                if self._budget.depth + chained > DEEPEST:
                    raise too_large(f"plus de {DEEPEST} niveaux imbriqués", f"more than {DEEPEST} nested levels")
                left = Operation(sign, (left, self.expression(_RANKS[sign] + 1)))
            else:
                self._budget.leave()
                return left

    def finish(self) -> None:
        if self._place < len(self._tokens):
            self._stop("AND | OR | end")

    def _listed(self, left: Expression, word: str, rank: int) -> Operation:
        found = [left]
        while self._peek().word == word:
            self._next()
            found.append(self.expression(rank + 1))
        return Operation(word.lower(), tuple(found))

    def _predicate(self, left: Expression) -> Operation:
        if self._take_word("IS"):
            denied = self._take_word("NOT")
            self._expect_word("NULL")
            found = Operation("isNull", (left,))
            return Operation("not", (found,)) if denied else found
        denied = self._take_word("NOT")
        word = self._next().word
        if word == "LIKE":
            found = Operation("like", (left, self.expression(5)))
        elif word == "BETWEEN":
            low = self.expression(5)
            self._expect_word("AND")
            found = Operation("between", (left, low, self.expression(5)))
        elif word == "IN":
            found = Operation("in", (left, *self._items()))
        else:
            self._place -= 1
            self._stop("LIKE | BETWEEN | IN")
        return Operation("not", (found,)) if denied else found

    def _items(self) -> list[Expression]:
        self._expect("(")
        found = [self.expression(5)]
        while self._take(","):
            found.append(self.expression(5))
            self._budget.item(len(found))
        self._expect(")")
        return found

    def _first(self, floor: int) -> Expression:
        token = self._next()
        self._budget.term()
        if token.kind == "number":
            return self._number(token.said)
        if token.kind == "text":
            return make_value(_unquote(token.said))
        if token.kind == "quoted":
            return Property(token.said[1:-1].replace('""', '"'))
        if token.said == "(":
            found = self.expression(1)
            self._expect(")")
            return found
        if token.said == "-" and token.kind == "sign":
            found = self.expression(8)
            if isinstance(found, Value) and not isinstance(found.value, str | bool):
                return make_value(-found.value)
            return Operation("-", (Value(0), found))
        if token.kind == "word":
            return self._word(token, floor)
        self._place -= 1
        return self._stop("value | attribute | (")

    def _word(self, token: _Token, floor: int) -> Expression:
        if token.word == "NOT" and floor <= 3:
            return Operation("not", (self.expression(3),))
        if token.word in ("TRUE", "FALSE"):
            return Value(token.word == "TRUE")
        if token.word in _KEPT:
            self._place -= 1
            self._stop("value | attribute | (")
        if self._peek().said != "(" or self._peek().kind != "sign":
            return Property(token.said)
        return self._call(token)

    def _call(self, token: _Token) -> Expression:
        name = token.said.lower()
        if name in FUNCTIONS:
            self._next()
            args = [self.expression(1)]
            while self._take(","):
                args.append(self.expression(1))
            self._expect(")")
            if len(args) != (1 if name in ("casei", "accenti") else 2):
                raise not_understood(f"{token.said}: {len(args)}", f"{1 if name in ('casei', 'accenti') else 2} args")
            return Operation(name, tuple(args))
        if name in ("date", "timestamp"):
            self._next()
            found = read_instant(self._quoted(), name)
            self._expect(")")
            return found
        if name == "interval":
            return self._interval()
        if name == "bbox":
            return self._box()
        if token.word in _KINDS:
            return self._shape(_KINDS[token.word])
        raise unknown_function(token.said, _CALLED)

    def _interval(self) -> Interval:
        self._expect("(")
        start = self._end()
        self._expect(",")
        end = self._end()
        self._expect(")")
        return Interval(start, end)

    def _end(self) -> Property | Instant | None:
        if self._peek().kind == "text":
            return read_end(self._quoted())
        found = self.expression(5)
        if not isinstance(found, Property | Instant):
            self._stop("date | timestamp | attribute | '..'")
        return found

    def _box(self) -> Box:
        self._expect("(")
        numbers = [self._signed()]
        while self._take(","):
            numbers.append(self._signed())
        self._expect(")")
        return make_box(numbers)

    def _shape(self, kind: str) -> Shape:
        if kind == "GeometryCollection":
            self._budget.enter()
            self._expect("(")
            parts = [self._part()]
            while self._take(","):
                parts.append(self._part())
            self._expect(")")
            self._budget.leave()
            return Shape(shapely.GeometryCollection([part.geometry for part in parts]))
        nested = self._nested()
        if kind == "Point":
            nested = nested[0] if len(nested) == 1 else nested
        elif kind == "MultiPoint":
            nested = [each[0] if isinstance(each[0], list) else each for each in nested]
        return make_shape(kind, nested, self._budget)

    def _part(self) -> Shape:
        kind = self._next().word
        if kind not in _KINDS:
            self._place -= 1
            self._stop(" | ".join(_KINDS))
        return self._shape(_KINDS[kind])

    def _nested(self) -> list[Any]:
        """Lists of lists of positions, as deep as the brackets."""
        self._expect("(")
        self._budget.enter()
        found: list[Any] = []
        while True:
            if self._peek().said == "(":
                found.append(self._nested())
            else:
                position = [self._signed()]
                while self._peek().said not in (",", ")"):
                    position.append(self._signed())
                found.append(position)
            if not self._take(","):
                break
        self._budget.leave()
        self._expect(")")
        return found

    def _signed(self) -> float:
        negative = self._take("-")
        token = self._next()
        if token.kind != "number":
            self._place -= 1
            self._stop("number")
        return -float(token.said) if negative else float(token.said)

    def _number(self, said: str) -> Value:
        if said.isdecimal() and len(said) < 40:
            return make_value(int(said))
        return make_value(float(said))

    def _quoted(self) -> str:
        token = self._next()
        if token.kind != "text":
            self._place -= 1
            self._stop("'…'")
        return _unquote(token.said)

    def _peek(self) -> _Token:
        return self._tokens[self._place] if self._place < len(self._tokens) else _END

    def _next(self) -> _Token:
        token = self._peek()
        self._place += 1
        return token

    def _take(self, sign: str) -> bool:
        found = self._peek().kind == "sign" and self._peek().said == sign
        self._place += found
        return found

    def _take_word(self, word: str) -> bool:
        found = self._peek().word == word
        self._place += found
        return found

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            self._stop(sign)

    def _expect_word(self, word: str) -> None:
        if not self._take_word(word):
            self._stop(word)

    def _stop(self, expected: str) -> NoReturn:
        rest = " ".join(token.said for token in self._tokens[self._place : self._place + 8])
        raise not_understood(rest or "…", expected)


def _unquote(said: str) -> str:
    return _QUOTE.sub("'", said[1:-1])


__all__ = ["read_text"]

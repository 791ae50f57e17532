"""The SELECT of a table: one statement, which relations it reads and where, and what it may not hold.

A form that hides what it reads, reaches outside the workspace or gives another result the next day is refused with the
way to write it otherwise. Whether columns exist and have the promised types is DuckDB's to say, in ``lake``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokens import Token, TokenType  # type: ignore[attr-defined]

from beffroi.errors import Fault, Place, fault


@dataclass(frozen=True)
class Relation:
    """A name that a SELECT reads from, as it must be found: a file of the source or a table. ``line`` from 1."""

    name: str
    line: int
    qualified: bool = False


@dataclass(frozen=True)
class Statement:
    """What one ``.sql`` file says; ``relations`` in the order of the text, without repeats."""

    file: str
    text: str
    relations: tuple[Relation, ...]
    faults: tuple[Fault, ...]


_FIRST_WORDS = {"SELECT", "WITH", "FROM", "VALUES", "TABLE", "("}
_FORBIDDEN_FIRST = {
    "PIVOT": "sql-pivot",
    "UNPIVOT": "sql-pivot",
    "SUMMARIZE": "sql-summarize",
    "DESCRIBE": "sql-summarize",
    "SHOW": "sql-summarize",
}
_UNREPEATABLE = frozenset(
    "now today random rand uuid uuidv4 uuidv7 gen_random_uuid setseed nextval currval get_current_timestamp "
    "get_current_time current_localtimestamp current_localtime transaction_timestamp txid_current".split()
)
_UNREPEATABLE_WORDS = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})
_OUTSIDE = frozenset(
    "getenv current_setting getvariable current_user current_role session_user current_database current_schema "
    "current_schemas current_catalog current_query version".split()
)
_FILE_SUFFIXES = (".csv", ".tsv", ".parquet", ".json", ".jsonl", ".ndjson", ".xlsx", ".gz", ".txt", ".db", ".duckdb")
_FILE_READERS = ("read_", "parquet_", "st_read", "glob", "sniff_csv", "sqlite_", "postgres_", "mysql_", "iceberg_")


@lru_cache(maxsize=4096)
def read_statement(text: str, file: str) -> Statement:
    """Read one SELECT. With a fault that keeps it from being understood, no relation is given.

    Remembered: parsing SQL is half of the time of a check, and a build that watches checks again at every change.
    """
    try:
        tokens = Dialect.get_or_raise("duckdb").tokenize(text)
    except TokenError as error:
        line = _line_of_token_error(error, text)
        return _refused(file, text, fault("sql-syntax", Place(file, line), near=_line_of_text(text, line)))
    if not tokens or all(token.token_type is TokenType.SEMICOLON for token in tokens):
        return _refused(file, text, fault("text-empty", Place(file, 1)))
    if (extra := _second_statement(tokens)) is not None:
        return _refused(file, text, fault("sql-several-statements", Place(file, extra.line)))
    first = tokens[0].text.upper()
    if first not in _FIRST_WORDS:
        code = _FORBIDDEN_FIRST.get(first, "sql-not-select")
        return _refused(file, text, fault(code, Place(file, tokens[0].line), word=first))
    try:
        tree = Dialect.get_or_raise("duckdb").parser().parse(tokens, text)[0]
    except ParseError as error:
        return _refused(file, text, _syntax_fault(error, text, file))
    except RecursionError:
        return _refused(file, text, fault("sql-syntax", Place(file, 1), near=_line_of_text(text, 1)))
    if not isinstance(tree, exp.Query | exp.Values | exp.Subquery):
        return _refused(file, text, fault("sql-not-select", Place(file, tokens[0].line), word=first))
    faults = [*_forbidden_words(tokens, file), *_forbidden_forms(tree, tokens, file)]
    relations: dict[tuple[str, bool], Relation] = {}
    for table in _tables_read(tree, frozenset()):
        found = _relation(table)
        if isinstance(found, Relation):
            if found.name.lower().endswith(_FILE_SUFFIXES) or "://" in found.name:
                faults.append(fault("sql-reads-file", Place(file, found.line), name=found.name))
            else:
                relations.setdefault((found.name.lower(), found.qualified), found)
        else:
            faults.append(_table_function_fault(table, tokens, file))
    return Statement(file, text, tuple(sorted(relations.values(), key=lambda found: found.line)), tuple(faults))


def _refused(file: str, text: str, found: Fault) -> Statement:
    return Statement(file, text, (), (found,))


def _second_statement(tokens: list[Token]) -> Token | None:
    for index, token in enumerate(tokens):
        if token.token_type is TokenType.SEMICOLON:
            return next((after for after in tokens[index:] if after.token_type is not TokenType.SEMICOLON), None)
    return None


def _tables_read(node: Any, visible: frozenset[str]) -> Iterator[exp.Table]:
    """The tables that are really read: a name of a WITH in whose reach the reference lies is not one of them."""
    if isinstance(node, exp.Table) and (node.args.get("db") or node.name.lower() not in visible):
        yield node
    clause = node.args.get("with_") or node.args.get("with")
    if isinstance(clause, exp.With):
        for query in clause.expressions:
            inner = visible | {query.alias.lower()} if clause.args.get("recursive") else visible
            yield from _tables_read(query.this, inner)
            visible = visible | {query.alias.lower()}
    for child in node.iter_expressions():
        if child is not clause:
            yield from _tables_read(child, visible)


def _relation(table: exp.Table) -> Relation | None:
    if not isinstance(table.this, exp.Identifier):
        return None
    qualifiers = [part.name for part in (table.args.get("catalog"), table.args.get("db")) if part is not None]
    name = ".".join([*qualifiers, table.name])
    return Relation(name, int(table.this.meta.get("line", 1)), bool(qualifiers))


def _table_function_fault(table: exp.Table, tokens: list[Token], file: str) -> Fault:
    line = _line(table.this, tokens)
    start = table.this.meta.get("start")
    written = next((token.text for token in tokens if token.start == start), table.this.key).lower()
    if written.startswith(_FILE_READERS):
        return fault("sql-reads-file", Place(file, line), name=f"{written}(…)")
    return fault("sql-table-function", Place(file, line), name=written)


def _forbidden_words(tokens: list[Token], file: str) -> Iterator[Fault]:
    """Functions that give another answer another day or elsewhere: found in the text, where their line is sure."""
    for index, token in enumerate(tokens):
        word = token.text.lower()
        if token.token_type in (TokenType.STRING, TokenType.IDENTIFIER):
            continue
        called = index + 1 < len(tokens) and tokens[index + 1].token_type is TokenType.L_PAREN
        member = index > 0 and tokens[index - 1].token_type is TokenType.DOT
        if (called and word in _UNREPEATABLE) or (word in _UNREPEATABLE_WORDS and not member):
            yield fault("sql-unrepeatable", Place(file, token.line), name=word)
        elif called and word in _OUTSIDE:
            yield fault("sql-outside", Place(file, token.line), name=word)


_FORMS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (exp.Pivot, "sql-pivot", ("PIVOT", "UNPIVOT", "PIVOT_WIDER", "PIVOT_LONGER")),
    (exp.Summarize, "sql-summarize", ("SUMMARIZE",)),
    (exp.Describe, "sql-summarize", ("DESCRIBE",)),
    (exp.Columns, "sql-columns", ("COLUMNS",)),
    (exp.TableSample, "sql-unrepeatable", ("TABLESAMPLE", "SAMPLE", "USING SAMPLE")),
)


def _forbidden_forms(tree: Any, tokens: list[Token], file: str) -> Iterator[Fault]:
    kinds = {type(node) for node in tree.walk()}
    for kind, code, words in _FORMS:
        if kind not in kinds:
            continue
        said = [token for token in tokens if token.text.upper() in words]
        for token in said or tokens[:1]:
            yield fault(code, Place(file, token.line), word=token.text.upper(), name=token.text.lower())


def _line(node: exp.Expression, tokens: list[Token]) -> int:
    for part in node.walk():
        if "line" in part.meta:
            return int(part.meta["line"])
    return int(tokens[0].line)


def _syntax_fault(error: ParseError, text: str, file: str) -> Fault:
    detail = error.errors[0] if error.errors else {}
    line = int(detail.get("line") or 1)
    return fault("sql-syntax", Place(file, line), near=_line_of_text(text, line))


def _line_of_token_error(error: TokenError, text: str) -> int:
    """A quote that is never closed swallows the rest: the line is that of the last odd quote."""
    open_since, line, quote = 1, 1, ""
    for character in text:
        if character == "\n":
            line += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote, open_since = character, line
    return open_since if quote else text.count("\n") + 1


def _line_of_text(text: str, line: int) -> str:
    lines = text.splitlines()
    said = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return said if len(said) <= 60 else said[:57] + "…"

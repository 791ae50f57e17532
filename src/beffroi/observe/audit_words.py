"""The audit of an edition in words: sections of paragraphs, facts and tables, the same on a terminal and on paper."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beffroi.language import format_date, format_number, format_period, pick, text
from beffroi.observe.audits import Attempt, Audit, AuditedGroup, AuditedIndicator, AuditedSource
from beffroi.observe.corrections import say_counts, say_why
from beffroi.observe.frames import licence_words


@dataclass(frozen=True)
class Paragraph:
    """Words one after another; ``small`` for what explains a table."""

    words: str
    small: bool = False


@dataclass(frozen=True)
class Facts:
    """What is said of a thing, label by label."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Grid:
    """A table: names of its columns, its rows, and which columns hold numbers. Cells of ``shared`` columns are said
    once for rows that begin alike."""

    caption: str
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    shared: tuple[int, ...] = ()


Part = Paragraph | Facts | Grid


@dataclass(frozen=True)
class Section:
    """A heading, its rank (1 under the title) and what stands under it."""

    title: str
    rank: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class AuditText:
    """An audit as one reads it."""

    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]


def say_audit(audit: Audit, language: str) -> AuditText:
    """An audit in words, in one language."""
    return AuditText(_title(audit, language), tuple(_lead(audit, language)), tuple(_sections(audit, language)))


def _title(audit: Audit, language: str) -> str:
    if audit.audience is None:
        return text("audit.title", language, edition=audit.edition)
    key = "audit.title_public" if audit.audience == "public" else "audit.title_partner"
    return text(key, language, edition=audit.edition, audience=_say_audience(audit.audience, language))


def _lead(audit: Audit, language: str) -> Iterator[str]:
    yield text(
        "audit.lead", language, title=pick(audit.title, language), publisher=audit.publisher, version=audit.version,
        date=format_date(audit.built, language), vintage=audit.vintage,
    )  # fmt: skip
    if audit.audience not in (None, "public"):
        yield text("audit.lead_partner", language, audience=_say_audience(str(audit.audience), language))
    if audit.synthetic:
        yield text("audit.fictitious", language)


def _sections(audit: Audit, language: str) -> Iterator[Section]:
    yield Section(text("audit.summary", language), 1, tuple(_summary(audit, language)))
    for group in audit.groups:
        yield from _group(group, language)
    if audit.alone:
        grid = _published(audit.alone, language)
        elsewhere = _count(sum(each.elsewhere for each in audit.alone), language)
        note = Paragraph(text("audit.codes_plain", language, elsewhere=elsewhere), small=True)
        yield Section(text("audit.alone", language), 1, (grid, note))
    if audit.layers:
        yield Section(text("audit.layers", language), 1, (_layers(audit, language),))
    if audit.sources:
        yield Section(text("audit.sources", language), 1, ())
        for source in audit.sources:
            yield Section(pick(source.title, language), 2, tuple(_source(source, language)))
    yield Section(text("audit.corrections", language), 1, tuple(_corrections(audit, language)))
    yield Section(text("audit.manifest", language), 1, tuple(_manifest(audit, language)))


def _summary(audit: Audit, language: str) -> Iterator[Part]:
    every = [level for indicator in audit.indicators for level in indicator.levels]
    sums = {
        name: _count(sum(getattr(level, name) for level in every), language)
        for name in ("given", "hidden", "confidential", "dependent", "withheld")
    }
    tells = all(group.tells_kinds for group in audit.groups)
    if not audit.indicators and not audit.layers:
        yield Paragraph(text("audit.nothing", language))
        return
    facts = [
        (text("audit.sum_indicators", language), _count(len(audit.indicators), language)),
        (text("audit.sum_given", language), sums["given"]),
        (
            text("audit.sum_hidden", language),
            text(f"audit.sum_hidden_{'words' if tells else 'untold'}", language, **sums),
        ),
        (text("audit.sum_attack", language), _verdict(audit, language)),
    ]
    if audit.layers:
        facts.insert(1, (text("audit.sum_layers", language), _count(len(audit.layers), language)))
    if over := [pick(source.title, language) for source in audit.sources if source.is_over]:
        facts.append((text("audit.sum_over", language), ", ".join(over)))
    yield Facts(tuple(facts))


def _verdict(audit: Audit, language: str) -> str:
    attempts = [attempt for group in audit.groups for attempt in group.attempts]
    if not attempts:
        return text("audit.sum_attack_none", language)
    if found := sum(attempt.found for attempt in attempts):
        return text("audit.sum_attack_found", language, found=found)
    return text(
        "audit.sum_attack_safe" if all(each.whole for each in attempts) else "audit.sum_attack_sampled", language
    )


def _group(group: AuditedGroup, language: str) -> Iterator[Section]:
    named = text("audit.together", language, name=group.name)
    title = named if group.name else text("audit.together_plain", language)
    yield Section(title, 1, (Paragraph(text("audit.together_why", language)),))
    elsewhere = _count(sum(each.elsewhere for each in group.indicators), language)
    parts: list[Part] = [
        _published(group.indicators, language, tells_kinds=group.tells_kinds),
        Paragraph(
            text("audit.codes" if group.tells_kinds else "audit.codes_untold", language, elsewhere=elsewhere),
            small=True,
        ),
    ]
    if tables := sorted({table for indicator in group.indicators for table in indicator.tables}):
        parts.append(Facts(((text("audit.tables", language), ", ".join(tables)),)))
    if group.others:
        parts.append(Paragraph(text("audit.others", language, count=group.others), small=True))
    yield Section(text("audit.published", language), 2, tuple(parts))
    yield Section(text("audit.rules", language), 2, tuple(_rules(group, language)))
    yield Section(text("audit.attack", language), 2, tuple(_attack(group, language)))


def _published(indicators: Sequence[AuditedIndicator], language: str, *, tells_kinds: bool = True) -> Grid:
    fates = [fate for fate in _FATES if tells_kinds or fate != "dependent"]
    rows = [
        (
            pick(each.title, language), _say_audience(each.audience, language),
            text(f"level_many.{level.level}", language), _say_periods(each.periods, language),
            *(_count(getattr(level, name), language) for name in fates),
        )
        for each in indicators
        for level in each.levels
    ]  # fmt: skip
    names = ("indicator", "audience", "level", "periods", *fates)
    heads = tuple(text(f"audit.{name}", language) for name in names)
    return Grid(text("audit.published", language), heads, tuple(rows), tuple(range(4, len(heads))), (0, 1, 3))


_FATES = ("given", "confidential", "dependent", "withheld", "missing")


def _rules(group: AuditedGroup, language: str) -> Iterator[Part]:
    if not group.rules:
        yield Paragraph(text("audit.rules_elsewhere", language))
    for rule in group.rules:
        kind = "table" if "table" in rule else "indicator"
        yield Paragraph(text(f"audit.rule_of_{kind}", language, name=rule[kind]))
        yield Facts(tuple(_rule(rule, language)))


def _rule(rule: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    """What a rule asks, in the order in which it is applied, then who asks for it and why."""

    def say(key: str, words: str, **values: Any) -> tuple[str, str]:
        return text(f"audit.{key}", language), text(f"audit.{words}", language, **values)

    if minimum := rule.get("minimum_units"):
        units = rule.get("units")
        yield (
            say("minimum", "minimum_words", count=minimum, units=units)
            if units
            else say("minimum", "minimum_rows", count=minimum)
        )
    if dominance := rule.get("dominance"):
        share = _share(dominance["share"], language)
        words = "dominance_one" if dominance["largest"] == 1 else "dominance_words"
        yield say("dominance", words, count=dominance["largest"], share=share, contributor=dominance["contributor"])
    if p_percent := rule.get("p_percent"):
        yield say("p_percent", "p_percent_words", share=_share(p_percent["share"], language),
                  contributor=p_percent["contributor"])  # fmt: skip
    yield say("interval", "interval_words", share=_share(rule.get("interval", 10), language))
    secondary = rule.get("secondary", "suppression")
    base = {"base": rule.get("base")} if secondary == "rounding" else {}
    yield say("secondary", f"secondary_{secondary}", **base)
    yield say("kinds", f"kinds_{rule.get('kinds', 'untold')}")
    if weights := rule.get("weights"):
        told = (
            f"{text(f'level_many.{level}', language)} {_share(weight, language)}" for level, weight in weights.items()
        )
        yield text("audit.weights", language), ", ".join(told)
    if known := rule.get("known"):
        levels = ", ".join(text(f"level_many.{level}", language) for level in known["levels"])
        yield text("audit.known", language), f"{levels} – {known['why']}"
    if audience := rule.get("audience"):
        yield text("audit.sums_for", language), _say_audience(audience, language)
    yield text("audit.asked_by", language), rule["asked_by"]
    yield text("audit.why", language), rule["why"]


def _attack(group: AuditedGroup, language: str) -> Iterator[Part]:
    yield Paragraph(text("audit.attack_how", language))
    names = ("audience", "cells", "cells_given", "cells_confidential", "cells_elsewhere", "tried", "found", "proof")
    heads = tuple(text(f"audit.{name}", language) for name in names)
    rows = tuple(_say_attempt(attempt, language) for attempt in group.attempts)
    yield Grid(text("audit.attack", language), heads, rows, (1, 2, 3, 4, 5, 6))
    yield Paragraph(text("audit.cell_is", language), small=True)
    if any(not attempt.whole for attempt in group.attempts):
        yield Paragraph(text("audit.sampled_words", language), small=True)
    key = "none" if not group.remembered else "one" if group.remembered == 1 else "many"
    count = _count(group.remembered, language)
    yield Paragraph(text(f"audit.remembered_{key}", language, count=count))


def _say_attempt(attempt: Attempt, language: str) -> tuple[str, ...]:
    counts = (
        attempt.cells, attempt.published, attempt.confidential, attempt.known_elsewhere, attempt.tried, attempt.found
    )  # fmt: skip
    proof = text("audit.whole" if attempt.whole else "audit.sampled", language)
    said = ("–" if each is None else _count(each, language) for each in counts)
    return _say_audience(attempt.audience, language), *said, proof


def _layers(audit: Audit, language: str) -> Grid:
    rows = [
        (
            pick(each.title, language), _say_audience(each.audience, language),
            text("audit.image", language) if each.features is None else _count(each.features, language),
            text("audit.download_yes" if each.download else "audit.download_no", language),
        )
        for each in audit.layers
    ]  # fmt: skip
    heads = tuple(text(f"audit.{name}", language) for name in ("layer", "audience", "features", "download"))
    return Grid(text("audit.layers", language), heads, tuple(rows), (2,))


def _source(source: AuditedSource, language: str) -> Iterator[Part]:
    facts = [(text("entry.producer", language), source.producer)]
    licence = f"{licence_words(source.licence, language)} · {text(f'use.{source.use}', language)}"
    facts.append((text("audit.licence", language), licence))
    until = format_date(source.until, language) if source.until else ""
    rule = pick(source.secrecy, language)
    if rule and source.secrecy_set_by:
        rule = text("audit.set_by", language, rule=rule, name=source.secrecy_set_by)
    facts += [
        (text(f"audit.{key}", language), words)
        for key, words in (
            ("basis", pick(source.basis, language)), ("agreement", source.agreement),
            ("until", text("audit.until_over", language, date=until) if source.is_over else until), ("secrecy", rule),
            ("outputs", ", ".join(source.outputs)), ("retention", source.retention),
            ("personal", text("audit.personal_yes", language) if source.personal_data else ""),
        )
        if words
    ]  # fmt: skip
    yield Facts(tuple(facts))
    heads = tuple(text(f"audit.{name}", language) for name in ("part", "size", "fetched", "sha256"))
    rows = tuple(
        (
            each.part or "–", "–" if each.bytes is None else _count(each.bytes, language),
            format_date(each.fetched, language), each.sha256 or "–",
        )
        for each in source.received
    )  # fmt: skip
    if rows:
        yield Grid(text("audit.received", language), heads, rows, (1,))


def _corrections(audit: Audit, language: str) -> Iterator[Part]:
    if not audit.corrections:
        yield Paragraph(text("audit.corrections_none", language))
        return
    titles = {each.id: pick(each.title, language) for each in audit.indicators}
    names = ("correction.day", "audit.indicator", "correction.figures", "correction.reason")
    heads = tuple(text(name, language) for name in names)
    rows = tuple(
        (format_date(event["on"], language), titles[event["indicator"]], say_counts(event, language),
         say_why(event, language))
        for event in audit.corrections
    )  # fmt: skip
    yield Grid(text("audit.corrections", language), heads, rows)


def _manifest(audit: Audit, language: str) -> Iterator[Part]:
    if not audit.root:
        yield Paragraph(text("audit.manifest_none", language))
        return
    yield Paragraph(text("audit.manifest_words", language, count=_count(audit.leaves, language)))
    yield Facts((("sha256", audit.root),))


def _say_audience(audience: str, language: str) -> str:
    if audience == "public":
        return text("audit.everybody", language)
    return text("audit.partner", language, name=audience.removeprefix("partner:"))


def _say_periods(periods: Iterable[str], language: str) -> str:
    every = sorted(periods)
    ends = [format_period(each, language) for each in dict.fromkeys((*every[:1], *every[-1:]))]
    return f"{' – '.join(ends)} ({len(every)})" if len(every) > 2 else ", ".join(ends)


def _count(number: int, language: str) -> str:
    return format_number(number, 0, language)


def _share(number: float, language: str) -> str:
    """A percentage or a weight as it was declared, without the decimals that it does not need."""
    decimals = len(repr(float(number)).partition(".")[2].rstrip("0"))
    return format_number(number, min(decimals, 6), language)


__all__ = ["AuditText", "Facts", "Grid", "Paragraph", "Section", "say_audit"]

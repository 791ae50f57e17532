"""Markdown of pages: nothing of an author's HTML or scripts goes through, headings have an address, values a title."""

from html.parser import HTMLParser

import pytest

from beffroi.observe.references import Said
from beffroi.publish.prose import Writing, mark_reference, write_prose

SAID = {
    "here": Said("Lens", territory="commune:62498"),
    "housing/vacancy_rate": Said("11,2 %", "Taux de vacance, Lens, 2021", "sure", "housing/vacancy_rate"),
    "odd": Said("<b>&", '"><script>', "missing", "housing/vacancy_rate"),
}


def write(markdown: str) -> str:
    return write_prose(markdown, Writing(SAID, "fr"))


class Elements(HTMLParser):
    """The elements of a piece of HTML, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "un <img src=x onerror=alert(1)> mot",
        '<div onclick="alert(1)">bloc</div>',
        "<svg/onload=alert(1)>",
        "<!-- rien --><iframe src=//x></iframe>",
    ],
)
def test_html_of_an_author_is_shown_never_run(markdown: str) -> None:
    html = write(markdown)
    assert {tag for tag, _ in Elements(html).found} <= {"p"}
    assert "&lt;" in html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "file:///etc/passwd", "data:text/html,x"]
)
def test_addresses_that_run_something_are_no_links(address: str) -> None:
    assert "a" not in {tag for tag, _ in Elements(write(f"[ici]({address})")).found}
    assert "href" not in write(f"<{address}>")


def test_ordinary_links_tables_and_lists_are_written() -> None:
    html = write("[ici](https://exemple.fr/a?b=1&c=2)\n\n- un\n- deux\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    links = [attributes["href"] for tag, attributes in Elements(html).found if tag == "a"]
    assert links == ["https://exemple.fr/a?b=1&c=2"]
    assert html.count("<li>") == 2
    assert '<table class="values">' in html
    assert '<div class="grid-scroll" tabindex="0" role="group" aria-label="Tableau">' in html, "wider than a phone"


def test_headings_begin_under_the_title_of_the_page_and_have_each_an_address() -> None:
    writing = Writing(SAID, "fr")
    html = write_prose("# Où ?\n\n## Où ?\n\n### À {{ here }}\n\n## ???\n", writing)
    assert [(heading.depth, heading.anchor, heading.words) for heading in writing.headings] == [
        (2, "ou", "Où\u202f?"), (2, "ou-2", "Où\u202f?"), (3, "a-lens", "À Lens"), (2, "section", "???"),
    ]  # fmt: skip
    assert "<h1" not in html
    assert '<h3 id="a-lens">À Lens</h3>' in html


def test_addresses_of_headings_stay_apart_from_one_run_of_prose_to_the_next() -> None:
    writing = Writing(SAID, "fr")
    write_prose("## Sources\n", writing)
    assert 'id="sources-2"' in write_prose("## Sources\n", writing)


def test_a_reference_becomes_its_words_with_what_it_is_of() -> None:
    html = write("À **{{ here }}**, {{ housing/vacancy_rate }}.")
    assert "<strong>Lens</strong>" in html
    assert 'title="Taux de vacance, Lens, 2021">11,2 %</data>' in html
    assert 'class="value value-sure"' in html


def test_words_of_values_are_escaped() -> None:
    html = mark_reference(SAID["odd"], "fr")
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;&amp;" in html


def test_a_reference_in_code_is_left_as_it_is() -> None:
    assert "<data" not in write("`{{ housing/vacancy_rate }}`")


def test_double_marks_never_begin_a_line() -> None:
    html = write("Entre les deux : {{ housing/vacancy_rate }} ; vraiment ? « Oui » ! `a : b`")
    words = html.replace("\N{NO-BREAK SPACE}", "~").replace("\u202f", "_")
    assert "deux~: <data" in words
    assert "</data>_; vraiment_? «~Oui~»_! <code>a : b</code>" in words


def test_a_value_that_one_may_doubt_has_a_letter_that_is_also_heard() -> None:
    weak = Said("12,3 %", "Taux, Lens, 2021 (peu fiable)", "weak", "housing/rate", "commune:1", "2021", "peu fiable")
    writing = Writing({"rate": weak, **SAID}, "fr")
    html = write_prose("Soit {{ rate }} des logements.\n", writing)
    assert '12,3 %<sup class="doubt-letter" aria-hidden="true">f</sup>' in html
    assert '<span class="visually-hidden"> (peu fiable)</span></data>' in html
    assert writing.doubts == {"weak"}, "the foot of the page says what the letter stands for"
    assert "doubt-letter" not in write_prose("Soit {{ odd }}.\n", Writing(SAID, "fr"))

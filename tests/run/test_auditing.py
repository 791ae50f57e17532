"""The audit of an edition counts what was published for whom, says the rules of that edition, and never a value."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from beffroi.errors import BeffroiError
from beffroi.lake.objects import write_document
from beffroi.observe.audit_words import say_audit
from beffroi.publish.audits import name_audit, write_audit
from beffroi.run import build
from beffroi.run.audit_consoles import draw_text
from beffroi.run.auditing import audit
from tests.run.conftest import Trial
from tests.run.layered import add_layers

RULE = {
    "minimum_units": 11, "units": "empty_homes", "interval": 10, "secondary": "suppression",
    "dominance": {"largest": 1, "share": 85, "contributor": "owner"}, "weights": {"epci": 3},
    "p_percent": {"share": 12.5, "contributor": "owner"}, "audience": "public",
    "known": {"levels": ["epci"], "why": "Publiés par ailleurs."}, "asked_by": "DREAL", "why": "Onze unités au moins.",
}  # fmt: skip
COUNTS = {"cells": 9, "published": 5, "confidential": 2, "known_elsewhere": 1, "tried": 4, "found": 0, "whole": True}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    trial = add_layers(Trial(tmp_path_factory.mktemp("auditing") / "trial"))
    trial.replace(
        "sources/town/owners/source.yaml",
        "use: agreement",
        "use: agreement\nlegal:\n  agreement: Convention 12\n  until: 2020-12-31\n  secrecy: Onze unités.\n"
        "  secrecy_set_by: DREAL\n  outputs: [Sommes]",
    )
    assert not build(trial.workplace).own_faults
    return trial


def protect(trial: Trial, **more: Any) -> str:
    """An edition that says how the partner's indicator was protected."""
    lake = trial.workplace.lake
    document = {
        "indicators": ["housing/empty_homes"], "tables": ["town/owners"], "method": "suppression",
        "audiences": {"public": COUNTS, "partner:dreal": {**COUNTS, "confidential": 0}}, **more,
    }  # fmt: skip
    key = f"test{len(lake.editions.ids()):036d}"
    write_document(lake.objects, key, kind="secrecy", name="town/owners", document=document)
    told = f"told{len(lake.editions.ids()):036d}"
    write_document(lake.objects, told, kind="told", name="town/owners", document={"memories": [{}, {}]})
    objects = {**lake.edition().objects, "secrecy:town/owners": key, "told:town/owners": told}
    return lake.editions.publish(objects, built="2026-03-02T10:00:00+00:00", version="1.2.3").id


def words(trial: Trial, language: str = "fr", **asked: Any) -> str:
    return "\n".join(draw_text(say_audit(audit(trial.workplace, **asked), language)))


def test_what_each_audience_was_given_is_counted(built: Trial) -> None:
    edition = protect(built, rules=[{"table": "town/owners", **RULE}])
    whole = audit(built.workplace, edition)
    assert {each.id for each in whole.indicators} == {
        "housing/dwellings",
        "housing/vacancy_rate",
        "housing/empty_homes",
    }
    (group,) = whole.groups
    assert [each.id for each in group.indicators] == ["housing/empty_homes"]
    commune = next(each for each in group.indicators[0].levels if each.level == "commune")
    assert (commune.given, commune.hidden, commune.missing) == (3, 0, 0)
    assert group.rules[0]["minimum_units"] == 11
    assert group.remembered == 1
    public = audit(built.workplace, edition, "public")
    assert "housing/empty_homes" not in {each.id for each in public.indicators}
    assert {"town/dwellings", "town/sites"} <= {source.id for source in public.sources}
    assert "town/owners" not in {source.id for source in public.sources}
    assert public.root != whole.root


def test_a_partner_reads_of_what_was_made_of_their_tables_alone(built: Trial) -> None:
    edition = protect(built, rules=[{"table": "town/owners", **RULE}])
    own = audit(built.workplace, edition, "partner:dreal")
    assert [each.id for each in own.indicators] == ["housing/empty_homes"]
    assert [source.id for source in own.sources] == ["town/owners"]
    assert {each.audience for each in own.layers} == {"partner:dreal"}
    (source,) = own.sources
    assert (source.agreement, source.until, source.is_over) == ("Convention 12", "2020-12-31", True)
    (received,) = source.received
    assert len(received.sha256) == 64
    said = words(built, edition=edition, audience="partner:dreal")
    assert "dwellings" not in said


def test_the_rules_are_those_of_the_edition(built: Trial) -> None:
    old = protect(built, rules=[{"table": "town/owners", **RULE}])
    new = protect(built, rules=[{"table": "town/owners", **RULE, "minimum_units": 5}])
    assert "moins de 11 unités" in words(built, edition=old)
    assert "moins de 5 unités" in words(built, edition=new)
    before = protect(built)
    assert audit(built.workplace, before).groups[0].rules == (), "an edition of before tells what its catalogue has"


def test_words_say_every_rule_the_attack_and_what_was_known(built: Trial) -> None:
    edition = protect(built, rules=[{"table": "town/owners", **RULE}, {"indicator": "housing/empty_homes", **RULE}])
    said = words(built, edition=edition)
    for told in (
        "Audit de l'édition", "85 %", "12,5 %", "Publiés par ailleurs", "DREAL", "Onze unités au moins", "EPCI 3",
        "toutes essayées", "Ce que l'édition précédente avait déjà dit", "le premier contributeur", "échue",
        "Convention 12", "Empreinte de l'édition",
        "aucune valeur masquée n'est encadrée", "Données fictives",
    ):  # fmt: skip
        assert told in said.replace("’", "'").replace("\u202f", " ").replace("\u00a0", " "), told
    english = words(built, "en", edition=edition)
    assert "The attacker" in english
    assert "no hidden value" in english


def test_a_sample_and_a_leak_are_said(built: Trial) -> None:
    sampled = protect(built, audiences={"public": {**COUNTS, "whole": False}})
    assert "échantillon" in words(built, edition=sampled)
    leaking = protect(built, audiences={"public": {**COUNTS, "found": 3}})
    assert "de trop près\u00a0: 3" in words(built, edition=leaking)


def test_no_value_is_in_an_audit(built: Trial) -> None:
    edition = protect(built, rules=[{"table": "town/owners", **RULE}])
    found = audit(built.workplace, edition)
    said = json.dumps(found.to_json(), default=str) + words(built, edition=edition)
    assert "7654321" not in said
    assert "22963" not in said, "nor a sum of them"


def test_who_and_what_is_not_there_is_refused(built: Trial) -> None:
    with pytest.raises(BeffroiError, match="audience-unknown"):
        audit(built.workplace, audience="partner:nobody")
    with pytest.raises(BeffroiError, match="unknown-edition"):
        audit(built.workplace, "999")


def test_the_pdf_says_the_same_with_the_root_at_its_end(built: Trial, tmp_path: Path) -> None:
    edition = protect(built, rules=[{"table": "town/owners", **RULE}])
    found = audit(built.workplace, edition, "partner:dreal")
    (tmp_path / "fonts").mkdir()
    files = [tmp_path / name for name in ("one.pdf", "two.pdf")]
    for file in files:
        write_audit(found, tmp_path / "fonts", "fr", file)
    assert files[0].read_bytes() == files[1].read_bytes()
    document = pypdfium2.PdfDocument(files[0])
    pages = [page.get_textpage().get_text_bounded() for page in document]
    assert "partenaire dreal" in pages[0]
    assert "7654321" not in "".join(pages)
    assert found.root in "".join(pages[-1].split()).replace("\u200b", "")
    assert document.get_metadata_value("Title") == f"Audit de l’édition {edition} pour le partenaire dreal"
    assert name_audit(found) == f"audit_{edition}_partner-dreal_donnees-fictives.pdf"
    assert name_audit(replace(found, audience=None, synthetic=False)) == f"audit_{edition}.pdf"

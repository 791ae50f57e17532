"""The abstract tests of OGC API Features, each with the tests of ``test_ogc.py`` that hold it, or why none does.

``python -m tests.serve.ogc_abstract_tests`` writes the list down in ``docs/reference/ogc_conformance.md``.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from beffroi.publish.ogc.references import CONFORMANCE

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference" / "ogc_conformance.md"
TESTS = Path(__file__).with_name("test_ogc.py")

HELD: Mapping[str, tuple[str, ...]] = {
    "core/http": ("every_address_answers_get_and_head",),
    "core/root-op": ("the_landing_page_leads_everywhere",),
    "core/root-success": ("the_landing_page_leads_everywhere", "documents_have_the_shape_of_the_standard"),
    "core/api-definition-op": ("the_description_is_complete",),
    "core/api-definition-success": ("the_description_is_complete", "a_robot_finds_no_answer_that_is_not_described"),
    "core/conformance-op": ("what_is_declared_is_listed",),
    "core/conformance-success": ("what_is_declared_is_listed", "documents_have_the_shape_of_the_standard"),
    "core/fc-md-op": ("each_layer_is_a_collection",),
    "core/fc-md-success": ("each_layer_is_a_collection", "documents_have_the_shape_of_the_standard"),
    "core/fc-md-links": ("each_document_leads_to_itself_and_to_its_other_form",),
    "core/fc-md-items": ("each_layer_is_a_collection",),
    "core/fc-md-items-links": ("each_layer_is_a_collection",),
    "core/fc-md-extent": ("extents_hold_every_feature",),
    "core/fc-md-extent-multi": ("extents_hold_every_feature",),
    "core/sfc-md-op": ("each_layer_is_a_collection",),
    "core/sfc-md-success": ("each_layer_is_a_collection",),
    "core/fc-op": ("pages_give_each_feature_once",),
    "core/fc-limit-definition": ("parameters_are_described_as_the_standard_has_them",),
    "core/fc-limit-response": ("pages_give_each_feature_once", "limits_that_cannot_be_are_refused"),
    "core/fc-bbox-definition": ("parameters_are_described_as_the_standard_has_them",),
    "core/fc-bbox-response": ("a_box_gives_what_touches_it", "boxes_that_cannot_be_are_refused"),
    "core/fc-time-definition": ("parameters_are_described_as_the_standard_has_them",),
    "core/fc-time-response": ("a_moment_gives_what_meets_it",),
    "core/query-param-unknown": ("what_an_address_does_not_know_is_refused",),
    "core/query-param-invalid": ("limits_that_cannot_be_are_refused", "boxes_that_cannot_be_are_refused"),
    "core/fc-response": ("pages_give_each_feature_once", "documents_have_the_shape_of_the_standard"),
    "core/fc-links": ("each_document_leads_to_itself_and_to_its_other_form",),
    "core/fc-timeStamp": ("pages_are_counted_and_dated",),
    "core/fc-numberMatched": ("pages_are_counted_and_dated",),
    "core/fc-numberReturned": ("pages_are_counted_and_dated",),
    "core/f-op": ("a_feature_has_its_address",),
    "core/f-success": ("a_feature_has_its_address", "documents_have_the_shape_of_the_standard"),
    "core/f-links": ("a_feature_has_its_address",),
    "core/crs84": ("shapes_are_given_in_longitude_and_latitude",),
    "geojson/definition": ("pages_give_each_feature_once",),
    "geojson/content": ("documents_have_the_shape_of_the_standard", "shapes_are_given_in_longitude_and_latitude"),
    "html/definition": ("each_document_is_a_page_too",),
    "html/content": ("each_document_is_a_page_too",),
    "oas30/oas-definition-1": ("the_description_is_complete",),
    "oas30/completeness": ("a_robot_finds_no_answer_that_is_not_described",),
    "oas30/exceptions-codes": ("a_robot_finds_no_answer_that_is_not_described", "faults_have_the_shape_of_exceptions"),
    "oas30/oas-impl": ("the_description_is_complete", "a_robot_finds_no_answer_that_is_not_described"),
    "crs/crs-uri": ("systems_are_named_by_their_addresses",),
    "crs/default-crs": ("systems_are_named_by_their_addresses",),
    "crs/storageCrs": ("systems_are_named_by_their_addresses",),
    "crs/crs-parameter": ("shapes_are_given_in_each_system",),
    "crs/crs-parameter-default": ("shapes_are_given_in_each_system",),
    "crs/crs-parameter-invalid": ("systems_that_nobody_knows_are_refused",),
    "crs/crs-parameter-transform": ("shapes_are_given_in_each_system",),
    "crs/bbox-crs-parameter": ("a_box_is_read_in_each_system",),
    "crs/bbox-crs-parameter-default": ("a_box_is_read_in_each_system",),
    "crs/bbox-crs-parameter-invalid": ("systems_that_nobody_knows_are_refused",),
    "queryables/get-conformance": ("what_is_declared_is_listed",),
    "queryables/get-queryables-uris": ("queryables_say_what_one_chooses_by",),
    "queryables/get-queryables": ("queryables_say_what_one_chooses_by",),
    "queryables-query-parameters/get-conformance": ("what_is_declared_is_listed",),
    "queryables-query-parameters/query-param": ("values_of_attributes_are_parameters",),
    "filter/get-conformance": ("what_is_declared_is_listed",),
    "filter/filter-param": ("a_filter_keeps_what_meets_it",),
    "filter/filter-lang-default": ("a_filter_keeps_what_meets_it",),
    "filter/expression-construction": ("filters_that_cannot_be_are_refused",),
    "filter/filter-crs-wgs84": ("shapes_of_filters_are_read_in_each_system",),
    "filter/filter-crs-param": ("shapes_of_filters_are_read_in_each_system", "systems_that_nobody_knows_are_refused"),
    "features-filter/get-conformance": ("what_is_declared_is_listed",),
    "features-filter/get-collections": ("each_layer_is_a_collection",),
    "features-filter/get-collection": ("queryables_say_what_one_chooses_by",),
    "features-filter/filter-on-items": ("a_filter_keeps_what_meets_it", "filters_that_cannot_be_are_refused"),
    "features-filter/mixing-expression": ("a_filter_and_a_box_are_both_met",),
}
NOT_HELD: Mapping[str, str] = {
    "oas30/security": "without object: what is public needs no authentication, and the description is that of a reader",
    "filter/get-functions": "without object: filters have no function besides those of the standard",
}


def write_reference() -> str:
    """The page of the reference: what is declared, then each abstract test."""
    lines = [
        "# OGC API: what is declared, and what holds it",
        "",
        "Written by `python -m tests.serve.ogc_abstract_tests`; a test fails when it is out of date. The server",
        "declares these conformance classes at `/ogc/conformance`, and no other:",
        "",
        *(f"- `{uri}`" for uri in CONFORMANCE),
        "",
        "The classes of CQL2 are held by `tests/lake/test_filters.py`: the tree read from text and from JSON against",
        "an independent reader, the features kept against answers worked out by hand. Those of tiles are held by",
        "`test_tilesets_lead_to_the_tiles_of_a_collection`. GDAL (`ogrinfo`) and QGIS read every layer of a living",
        "server in `tests/serve/test_ogc_clients.py`, where they are installed.",
        "",
        "## Abstract tests of OGC API Features, parts 1, 2 and 3",
        "",
        "Each runs with the suite, in `tests/serve/test_ogc.py`; the suite is green only when all of them pass.",
        "",
        "| abstract test | result | held by |",
        "|---|---|---|",
        *(f"| `/conf/{name}` | passes | {_name(tests)} |" for name, tests in HELD.items()),
        *(f"| `/conf/{name}` | not run | {reason} |" for name, reason in NOT_HELD.items()),
        "",
        "GML and OpenAPI 3.1 are not offered, nor declared.",
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _name(tests: Iterable[str]) -> str:
    return ", ".join(f"`test_{each}`" for each in tests)


def list_tests() -> set[str]:
    return set(re.findall(r"^def test_(\w+)", TESTS.read_text("utf-8"), re.MULTILINE))


if __name__ == "__main__":
    REFERENCE.write_text(write_reference(), "utf-8")

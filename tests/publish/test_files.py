"""Files to download: the same columns everywhere, read back by others."""

import csv
import io
import json

import openpyxl
import pyarrow.parquet as pq
import pytest

from beffroi.errors import BeffroiError
from beffroi.lake.series import SHOWN_COLUMNS
from beffroi.observe import Atlas
from beffroi.publish.files import name_file, write_data


def write(
    atlas: Atlas, extension: str, indicator: str = "housing/vacancy_rate", level: str | None = "commune"
) -> bytes:
    measure = atlas.measure(indicator)
    series = atlas.release.series(indicator, level=level)
    return write_data(extension, atlas, measure, series, "fr", level)


def test_the_columns_of_a_csv_are_those_that_others_rely_on(atlas: Atlas) -> None:
    rows = list(csv.reader(io.StringIO(write(atlas, "csv").decode())))
    assert ",".join(rows[0]) == (
        "indicator,level,territory,label,period,value,numerator,denominator,observations,status,confidentiality,"
        "reliability"
    )
    assert len(rows) == 1 + 24 * 2


def test_what_is_not_there_is_empty_and_says_why(atlas: Atlas) -> None:
    rows = list(csv.DictReader(io.StringIO(write(atlas, "csv").decode())))
    secret = next(row for row in rows if row["territory"] == "99010" and row["period"] == "2021")
    missing = next(row for row in rows if row["territory"] == "99005" and row["period"] == "2021")
    assert (secret["value"], secret["numerator"], secret["confidentiality"]) == ("", "", "C")
    assert (missing["value"], missing["status"]) == ("", "O")


def test_a_workbook_has_its_values_and_what_they_mean(atlas: Atlas) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write(atlas, "xlsx")))
    data, about, hidden = book.worksheets
    assert [cell.value for cell in data[1]] == list(SHOWN_COLUMNS)
    assert isinstance(data["F2"].value, float)
    assert data["C2"].value == "99001", "a code is text: its zeros stay"
    words = " ".join(str(cell.value) for row in about.rows for cell in row)
    assert "Données fictives" in words
    assert "Licence Ouverte 2.0" in words
    assert "Géographie au 01/01/2026" in words
    concealed = [tuple(cell.value for cell in row[1:]) for row in hidden.rows]
    assert hidden.title == "Secret"
    reason = "secret statistique (trop peu d’unités, contributeur dominant, ou valeur qui en trahirait une autre)"
    assert ("Jonquemare", "2021", reason,
            "CC du Pays de Rosembaut\u00a0: 9,4\u202f%") in concealed  # fmt: skip


def test_parquet_is_read_back(atlas: Atlas) -> None:
    table = pq.read_table(io.BytesIO(write(atlas, "parquet")))
    assert table.column_names == list(SHOWN_COLUMNS)
    assert table.num_rows == 48
    assert b"fictives" in table.schema.metadata[b"beffroi.notice"]


def test_geojson_is_in_longitude_and_latitude(atlas: Atlas) -> None:
    document = json.loads(write(atlas, "geojson"))
    assert document["type"] == "FeatureCollection"
    assert "fictives" in document["notice"]
    assert len(document["features"]) == 48
    x, y = document["features"][0]["geometry"]["coordinates"][0][0]
    assert 2 < x < 3
    assert 50 < y < 51
    assert set(document["features"][0]["properties"]) == set(SHOWN_COLUMNS)


def test_unlocated_rows_are_in_the_csv_and_have_no_shape(atlas: Atlas) -> None:
    assert b"unlocated" in write(atlas, "csv", "mobility/accidents")
    assert b"unlocated" not in write(atlas, "geojson", "mobility/accidents")


def test_an_unknown_form_is_a_fault(atlas: Atlas) -> None:
    with pytest.raises(BeffroiError) as error:
        write(atlas, "ods")
    assert error.value.faults[0].code == "file-format-unknown"


def test_a_file_of_made_up_data_says_so_in_its_name(atlas: Atlas) -> None:
    name = name_file(atlas.measure("housing/vacancy_rate"), "csv", "commune", "2021")
    assert name == "housing-vacancy_rate_commune_2021_donnees-fictives.csv"

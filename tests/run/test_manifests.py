"""One root for all that an edition gives: files as they are downloaded lead to it, and nobody's tree has another's."""

import hashlib

import pytest

from beffroi.access import BUILDER, PUBLIC, Reader, partner
from beffroi.lake.manifests import Manifest, read_manifest
from beffroi.lake.trees import Leaf, climb
from beffroi.observe import Atlas
from beffroi.publish.files import write_data
from beffroi.run import build
from tests.run.conftest import Trial

DWELLINGS = "sources/town/dwellings/dwellings.csv"


def manifest(trial: Trial, reader: Reader = PUBLIC) -> Manifest:
    found = trial.workplace.lake.release(reader).manifest()
    assert found is not None
    return found


def derive(trial: Trial, name: str, of: str, column: str = "empty_homes: {type: integer}") -> None:
    """A table made of another one."""
    trial.write(f"tables/town/{name}/table.yaml", "title: Propriétaires\ntable:\n  rows: une ligne par commune\n"
                f"  key: [code]\n  columns: {{code: , {column}}}\n")  # fmt: skip
    trial.write(f"tables/town/{name}/table.sql", f'select code, empty_homes from "{of}"\n')


def test_a_downloaded_file_leads_to_the_root(built: Trial) -> None:
    atlas, tree = Atlas(built.workplace.lake.release(PUBLIC)), manifest(built)
    for extension in ("csv", "parquet"):
        body = write_data(
            extension, atlas, atlas.measure("housing/dwellings"), atlas.release.series("housing/dwellings"), "fr"
        )
        sha256 = hashlib.sha256(body).hexdigest()
        name = f"donnees/housing/dwellings.{extension}"
        assert tree.find(sha256) == (name,)
        assert tree.of[name] == "series:housing/dwellings"
        assert climb(Leaf(name, sha256), tree.prove(name)) == tree.root
    assert tree.find(hashlib.sha256(body + b" ").hexdigest()) == ()


def test_objects_are_there_with_the_sha256_of_their_bytes(built: Trial) -> None:
    lake = built.workplace.lake
    for label, key in lake.edition().objects.items():
        if label.startswith("manifest:"):
            continue
        item = lake.objects.get(key)
        assert item is not None
        read = hashlib.sha256(item.data.read_bytes()).hexdigest()
        assert Leaf(label, read) in manifest(built, BUILDER).leaves


def test_nobody_s_tree_has_what_is_for_another(built: Trial) -> None:
    public = " ".join(leaf.name for leaf in manifest(built).leaves)
    assert "empty_homes" not in public
    assert "owners" not in public
    assert "catalogue" not in public
    own = {leaf.name for leaf in manifest(built, partner("dreal")).leaves}
    assert {"donnees/housing/empty_homes.csv", "series:housing/empty_homes", "table:town/owners"} <= own
    rule = "{minimum_units: 2, units: empty_homes, asked_by: A, why: Deux unités.}"
    lent = "audience: partner:dreal"
    built.replace("sources/town/owners/source.yaml", lent, f"{lent}\n  secrecy: {rule}")
    build(built.workplace)
    own = {leaf.name for leaf in manifest(built, partner("dreal")).leaves}
    assert "donnees/housing/empty_homes.csv" in own
    assert "table:town/owners" not in own, "a guess of its rows could be tried on its sha256"
    assert "empty_homes" not in " ".join(leaf.name for leaf in manifest(built, partner("other")).leaves)
    assert len({manifest(built, reader).root for reader in (PUBLIC, partner("dreal"), BUILDER)}) == 3


def test_what_is_made_of_a_secret_table_is_in_no_tree_but_the_builder_s(built: Trial) -> None:
    """Be it far from it, or kept when the secret table is not in the text any more."""
    rule = "{minimum_units: 2, units: empty_homes, asked_by: A, why: Deux unités.}"
    lent = "audience: partner:dreal"
    built.replace("sources/town/owners/source.yaml", lent, f"{lent}\n  secrecy: {rule}")
    derive(built, "near", "town/owners")
    derive(built, "far", "town/near")
    assert not build(built.workplace).own_faults
    made = {"table:town/owners", "table:town/near", "table:town/far"}

    def named(reader: Reader) -> set[str]:
        return {leaf.name for leaf in manifest(built, reader).leaves} & made

    dreal = built.workplace.lake.release(partner("dreal")).catalogue
    assert {f"table:{name}" for name in dreal["tables"]} >= made, "it may read the rows"
    assert (named(BUILDER), named(partner("dreal")), named(PUBLIC)) == (made, set(), set())
    for file in ("source.yaml", "table.sql", "owners.csv"):
        (built.root / "sources/town/owners" / file).unlink()
    (built.root / "indicators/housing/empty_homes.yaml").unlink()
    build(built.workplace)
    kept = built.workplace.lake.release(partner("dreal")).catalogue["tables"]
    assert "town/owners" not in kept
    assert {(name, kept[name]["state"], kept[name]["sha256"]) for name in ("town/near", "town/far")} == {
        ("town/near", "kept", None), ("town/far", "kept", None),
    }  # fmt: skip
    assert (named(BUILDER), named(partner("dreal"))) == (made - {"table:town/owners"}, set())


def test_the_faults_of_what_is_made_of_a_secret_table_quote_nothing(built: Trial) -> None:
    rule = "{minimum_units: 2, units: empty_homes, asked_by: A, why: Deux unités.}"
    derive(built, "near", "town/owners", "empty_homes: {type: integer, max: 9, why: Essai de borne.}")
    build(built.workplace)

    def told() -> str:
        (reason,) = built.workplace.lake.release(partner("dreal")).catalogue["tables"]["town/near"]["reasons"]
        return str(reason)

    assert "7654321" in told(), "of rows that are theirs, and under no secrecy"
    lent = "audience: partner:dreal"
    built.replace("sources/town/owners/source.yaml", lent, f"{lent}\n  secrecy: {rule}")
    build(built.workplace)
    assert "7654321" not in told()


def test_the_same_data_have_the_same_root_and_others_another(built: Trial) -> None:
    first, root = built.workplace.lake.edition(), manifest(built).root
    assert build(built.workplace).edition == first.id
    built.replace("indicators/housing/dwellings.yaml", "title: Logements", "title: Résidences")
    assert build(built.workplace).edition != first.id
    assert manifest(built).root == root, "a title is not in the files"
    built.replace(DWELLINGS, "99003;150;30", "99003;150;45")
    build(built.workplace)
    assert manifest(built).root != root
    built.replace(DWELLINGS, "99003;150;45", "99003;150;30")
    build(built.workplace)
    assert manifest(built).root == root, "what was told of corrections is not in the tree of data"


def test_an_edition_of_before_manifests_gets_one_and_has_none_itself(built: Trial) -> None:
    lake = built.workplace.lake
    old = {label: key for label, key in lake.edition().objects.items() if not label.startswith("manifest:")}
    lake.editions.publish(old, built="2026-01-01T00:00:00+00:00", version="0")
    assert built.workplace.lake.release(PUBLIC).manifest() is None
    (lake.root / "up_to_date.json").unlink()
    assert build(built.workplace).published
    assert manifest(built).leaves


def test_a_manifest_that_was_altered_is_none(built: Trial) -> None:
    said = manifest(built).to_json()
    assert read_manifest(said).root == said["root"]
    said["leaves"][0]["sha256"] = "0" * 64
    with pytest.raises(ValueError, match=r"^[0-9a-f]{64}$"):
        read_manifest(said)

"""A small workspace: four communes in two EPCI, one merger, dwellings and a secret.

It is written anew for each test; where what is built first is the same for all, it is built once and copied.
"""

import shutil
from pathlib import Path

import pytest

from beffroi.run import Workplace, build, open_workplace
from beffroi.settings import Settings

FILES = {
    "workspace.yaml": """
        format: 1
        title: {fr: Val d'Essai, en: Trial Valley}
        sentence: Quatre communes inventées pour les essais.
        publisher: Agence d'essai
        perimeter: agency
        reference_vintage: 2022
        vintages: [2021]
        levels: [commune, epci, grouping]
        territories: {communes: town/communes, epci: town/epci}
        audiences: {dreal: {title: Services de l'État, token_env: DREAL_TOKEN}}
        synthetic: true
        why: Des communes inventées, pour les essais seulement.
    """,
    "vocabulary/themes.yaml": "housing: {title: Logement}\n",
    "vocabulary/units.yaml": """
        dwellings: {symbol: logements, one: logement}
        percent: {symbol: '%', decimals: 1, factor: 100}
    """,
    "vocabulary/columns.yaml": "code: {type: text, title: Code}\n",
    "territories/agency.yaml": "title: Agence\nmembers: {epci: ['999000001', '999000002']}\n",
    "sources/town/communes/source.yaml": """
        title: Communes
        producer: Essai
        licence: synthetic
        use: open
        periods: 2021 et 2022
        verified_against: none
        synthetic: true
        why: Des communes inventées, pour les essais.
        locations: [{file: {path: communes.csv}}]
        files: {rows: {read: {format: csv}}}
        table:
          rows: une ligne par commune et par millésime
          key: [vintage, code, kind]
          columns:
            vintage: {type: integer}
            code:
            name: {type: text}
            kind: {type: text}
            parent: {type: text}
            departement: {type: text}
            region: {type: text}
            arrondissement: {type: text}
            epci: {type: text}
            population: {type: integer}
    """,
    "sources/town/communes/table.sql": """
        select cast(vintage as integer) as vintage, code, name, kind, parent, '99' as departement, '99' as region,
          '991' as arrondissement, epci, cast(population as integer) as population
        from rows
    """,
    "sources/town/communes/communes.csv": """
        vintage,code,name,kind,parent,epci,population
        2021,99001,Aubel,COM,,999000001,100
        2021,99002,Bruyère,COM,,999000001,200
        2021,99003,Coudray,COM,,999000002,300
        2021,99004,Dornes,COM,,999000002,400
        2022,99001,Aubel,COM,,999000001,300
        2022,99002,Bruyère,COMD,99001,999000001,
        2022,99003,Coudray,COM,,999000002,300
        2022,99004,Dornes,COM,,999000002,400
    """,
    "sources/town/epci/source.yaml": """
        title: EPCI
        producer: Essai
        licence: synthetic
        use: open
        periods: 2021 et 2022
        verified_against: none
        synthetic: true
        why: Des EPCI inventés, pour les essais.
        locations: [{file: {path: epci.csv}}]
        files: {rows: {read: {format: csv}}}
        table:
          rows: une ligne par EPCI et par millésime
          key: [vintage, code]
          columns: {vintage: {type: integer}, code: , name: {type: text}, type: {type: text}}
    """,
    "sources/town/epci/table.sql": """
        select cast(vintage as integer) as vintage, code, name, 'CC' as type from rows
    """,
    "sources/town/epci/epci.csv": """
        vintage,code,name
        2021,999000001,CC du Nord
        2021,999000002,CC du Sud
        2022,999000001,CC du Nord
        2022,999000002,CC du Sud
    """,
    "sources/town/dwellings/source.yaml": """
        title: Logements
        producer: Essai
        licence: synthetic
        use: open
        periods: '2020'
        verified_against: none
        synthetic: true
        why: Des logements inventés, pour les essais.
        locations: [{file: {path: dwellings.csv}}]
        files: {rows: {read: {format: csv, delimiter: ';'}}}
        table:
          rows: une ligne par commune
          key: [code]
          territory: {column: code, level: commune, vintage: 2021}
          period: {value: '2020'}
          columns:
            code:
            dwellings: {type: integer, min: 0, why: Un nombre de logements n'est pas négatif.}
            vacant: {type: integer}
          checks: {rows: {change: 0.5, why: Le nombre de communes bouge peu.}}
    """,
    "sources/town/dwellings/table.sql": """
        select code, cast(dwellings as integer) as dwellings, cast(vacant as integer) as vacant
        from rows
    """,
    "sources/town/dwellings/dwellings.csv": """
        code;dwellings;vacant
        99001;50;5
        99002;100;15
        99003;150;30
        99004;200;10
    """,
    "sources/town/owners/source.yaml": """
        title: Propriétaires
        producer: Essai
        licence: agreement
        use: agreement
        periods: '2020'
        verified_against: none
        synthetic: true
        why: Un fichier prêté, inventé pour les essais.
        locations: [{file: {path: owners.csv}}]
        files: {rows: {read: {format: csv}}}
        table:
          rows: une ligne par commune
          key: [code]
          territory: {column: code, level: commune, vintage: 2021}
          period: {value: '2020'}
          audience: partner:dreal
          columns: {code: , empty_homes: {type: integer}}
    """,
    "sources/town/owners/table.sql": "select code, cast(empty_homes as integer) as empty_homes from rows\n",
    "sources/town/owners/owners.csv": """
        code,empty_homes
        99001,7654321
        99002,7654321
        99003,7654321
        99004,7654321
    """,
    "indicators/housing/dwellings.yaml": """
        title: Logements
        definition: Nombre de logements.
        theme: housing
        unit: dwellings
        kind: sum
        table: town/dwellings
        column: dwellings
    """,
    "indicators/housing/vacancy_rate.yaml": """
        title: Taux de vacance
        definition: Logements vacants pour cent logements.
        theme: housing
        unit: percent
        kind: ratio
        table: town/dwellings
        numerator: vacant
        denominator: dwellings
    """,
    "indicators/housing/empty_homes.yaml": """
        title: Logements vides
        definition: Logements vides selon le fichier prêté.
        theme: housing
        unit: dwellings
        kind: sum
        table: town/owners
        column: empty_homes
        audience: partner:dreal
    """,
}


class Trial:
    """A workspace in a folder, and the workplace opened on it."""

    def __init__(self, root: Path, *, written: bool = False) -> None:
        self.root = root
        for name in () if written else FILES:
            self.restore(name)

    def restore(self, name: str) -> None:
        """Write a file as it first was."""
        lines = FILES[name].strip("\n").splitlines()
        margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        self.write(name, "\n".join(line[margin:] for line in lines).rstrip() + "\n")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def remove(self, name: str) -> None:
        path = self.root / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    def copy(self, folder: Path) -> "Trial":
        """The same workspace elsewhere, lake and all, dates of files included."""
        return Trial(Path(shutil.copytree(self.root, folder)), written=True)

    @property
    def workplace(self) -> Workplace:
        """Opened anew, as a second process would."""
        return open_workplace(self.root, Settings())


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(tmp_path / "trial")


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Built and never changed."""
    trial = Trial(tmp_path_factory.mktemp("built") / "trial")
    assert not build(trial.workplace).own_faults
    return trial


@pytest.fixture
def built(built_once: Trial, tmp_path: Path) -> Trial:
    """A built workspace, to be changed at will."""
    return built_once.copy(tmp_path / "trial")

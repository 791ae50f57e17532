"""The command line: answers on standard output, faults on standard error, exit codes by class of fault."""

import json
import re

import pytest
from typer.main import get_command

import beffroi
from beffroi import cli
from tests.run.conftest import Trial


@pytest.fixture
def trial(tmp_path):
    return Trial(tmp_path / "trial")


@pytest.fixture
def run(monkeypatch, capfd):
    """Run a command as the installed program would; its exit code, output and errors."""

    def run_command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["beffroi", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfd.readouterr()
        return code, out, err

    return run_command


def test_version(run):
    assert run("--version") == (0, f"{beffroi.__version__}\n", "")


def test_build_check_show_explain_rollback(run, trial):
    assert run("check", trial.root)[0] == 0
    code, _, err = run("build", trial.root)
    assert code == 0
    assert "édition 000001 publiée" in err
    code, out, _ = run("show", "housing/dwellings", "-w", trial.root, "--level", "epci", "--format", "csv")
    assert code == 0
    assert out.splitlines()[0].startswith("indicator,level,territory,label,period,value,numerator,denominator")
    assert "housing/dwellings,epci,999000001,CC du Nord,2020,150.0" in out
    code, out, _ = run("show", "housing/dwellings", "-w", trial.root, "--level", "grouping")
    assert "géographie au 01/01/2022" in out
    words = ("explain", "housing/dwellings", "-w", trial.root, "--territory", "99003", "--period", "2020")
    code, out, _ = run(*words)
    assert "sha256" in out
    assert json.loads(run(*words, "--format", "json")[1])["value"]["value"] == 150
    trial.replace("sources/town/dwellings/dwellings.csv", "99003;150", "99003;160")
    code, out, _ = run("build", trial.root, "--explain-stale")
    assert "town/dwellings" in out
    assert run("build", trial.root)[0] == 0
    assert "* 000002" in run("editions", trial.root)[1]
    assert "000001" in run("rollback", trial.root)[1]
    served = next(line for line in run("editions", trial.root)[1].splitlines() if line.startswith("*"))
    assert served.startswith("* 000003")
    assert served.endswith("= 000001")


def test_verify_reads_the_lake_again(run, trial, monkeypatch):
    run("build", trial.root)
    code, out, err = run("verify", trial.root)
    assert (code, err) == (0, "")
    assert "tout est tel qu'à l'origine" in out
    file = min((trial.root / ".beffroi" / "snapshots").glob("??/*"))
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    monkeypatch.setenv("BEFFROI_LANGUAGE", "en")
    code, out, err = run("verify", trial.root)
    assert code == 3
    assert f"snapshots/{file.parent.name}/{file.name}" in err
    assert "1 fault(s)" in out


def test_verify_knows_a_downloaded_file(run, trial, tmp_path):
    run("build", trial.root)
    manifest = trial.workplace.lake.release(cli.commands._reader("public")).manifest()
    file, saved = tmp_path / "logements.csv", tmp_path / "manifest.json"
    saved.write_text(json.dumps(manifest.to_json()))
    out = run("show", "housing/dwellings", "-w", trial.root, "--format", "csv")[1]
    file.write_text(out)
    code, out, err = run("verify", trial.root, "--file", file)
    assert (code, err) == (0, "")
    assert "donnees/housing/dwellings.csv" in out
    assert manifest.root in out
    assert json.loads(run("verify", trial.root, "--file", file, "--json")[1])["proof"]["root"] == manifest.root
    assert "donnees/housing/dwellings.csv" in run("verify", "--file", file, "--manifest", saved)[1]
    assert json.loads(run("verify", "--file", file, "--manifest", saved, "--json")[1])["edition"] == ""
    file.write_text(file.read_text().replace("150", "151"))
    assert run("verify", trial.root, "--file", file)[0] == 3
    assert run("verify", "--file", file, "--manifest", saved)[0] == 6
    assert run("verify", trial.root, "--file", tmp_path / "nowhere.csv")[0] != 0
    assert run("verify", trial.root, "--figure", "homes/index#1@commune:99001")[0] == 6


@pytest.mark.parametrize(
    "words",
    [("--edition", "1"), ("--json",), ("--manifest", "m.json"), ("--file", "a.csv", "--figure", "a/b#1@commune:1")],
)
def test_verify_refuses_what_would_mean_nothing(run, trial, words):
    code, out, err = run("verify", trial.root, *words)
    assert (code, out) == (64, "")
    assert "(argument-" in err


def test_audit_tells_what_was_published_and_writes_it(run, trial, tmp_path, monkeypatch):
    run("build", trial.root)
    code, out, err = run("audit", trial.root)
    assert (code, err) == (0, "")
    assert "Audit de l’édition 000001" in out
    assert "Logements vides" in out
    said = json.loads(run("audit", trial.root, "--audience", "partner:dreal", "--edition", "1", "--json")[1])
    assert [each["id"] for each in said["alone"]] == ["housing/empty_homes"]
    monkeypatch.setenv("BEFFROI_LANGUAGE", "en")
    assert "Logements vides" not in run("audit", trial.root, "--audience", "public")[1]
    code, out, _ = run("audit", trial.root, "--pdf", tmp_path / "audit.pdf")
    assert "Audit written" in out
    assert (tmp_path / "audit.pdf").read_bytes().startswith(b"%PDF")
    assert run("audit", trial.root, "--audience", "partner:nobody")[0] == 6


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "housing/dweling"), 6, "housing/dwellings"),
        (("show", "housing/dwellings", "--level", "epsi"), 64, "epci"),
        (("show", "housing/empty_homes", "--audience", "public"), 6, "(unknown-indicator)"),
        (("build", "--only", "housing/nothing"), 64, "(nothing-named)"),
    ],
)
def test_a_fault_is_told_on_standard_error_and_by_the_exit_code(run, trial, words, code, said):
    run("build", trial.root)
    where = (trial.root,) if words[0] == "build" else ("-w", trial.root)
    found, out, err = run(*words, *where)
    assert (found, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_a_workspace_without_a_contact_is_advised_to_declare_one(run, trial):
    code, out, err = run("check", trial.root)
    assert (code, out) == (0, "aucune faute\n")
    assert "identity: {contact: …}" in err
    assert len(json.loads(run("check", trial.root, "--format", "json")[1])["advice"]) == 1
    text = (trial.root / "workspace.yaml").read_text("utf-8")
    trial.write("workspace.yaml", f"{text}\nidentity: {{contact: equipe@exemple.test}}\n")
    assert run("check", trial.root) == (0, "aucune faute\n", "")


def test_all_faults_of_a_text_are_told_at_once_in_either_language(run, trial, monkeypatch):
    trial.replace("indicators/housing/dwellings.yaml", "unit: dwellings", "unit: dweling")
    trial.replace("indicators/housing/vacancy_rate.yaml", "theme: housing", "theme: houses")
    code, _, err = run("check", trial.root)
    assert code == 2
    assert err.count("indicators/") == 2
    assert "vouliez-vous dire « dwellings »" in err
    monkeypatch.setenv("BEFFROI_LANGUAGE", "en")
    assert "did you mean 'dwellings'" in run("check", trial.root)[2]
    faults = json.loads(run("check", trial.root, "--format", "json")[1])["faults"]
    assert {(fault["file"], fault["line"] is not None) for fault in faults} == {
        ("indicators/housing/dwellings.yaml", True),
        ("indicators/housing/vacancy_rate.yaml", True),
    }


REFUSALS = [
    (("show",), "argument-missing", "il manque INDICATEUR à beffroi show", "beffroi show lacks INDICATOR"),
    (("show", "x", "--levl", "a"), "option-unknown", "vouliez-vous dire « --level »", "did you mean '--level'"),
    (("show", "x", "y"), "argument-too-many", "ne sait que faire de « y »", "does not know what to do with 'y'"),
    (("show", "x", "--vintage", "a"), "argument-refused", "attend un nombre entier", "takes a whole number"),
    (("show", "x", "--format", "a"), "argument-refused", "il y a : csv, json, parquet", "it has: csv, json, parquet"),
    (("serve", "--port", "70000"), "argument-refused", "de 0 à 65535", "from 0 to 65535"),
    (("shwo",), "command-unknown", "vouliez-vous dire « show »", "did you mean 'show'"),
    (("show", "x", "--level"), "option-without-value", "attend une valeur", "takes a value"),
    (("build", "--offline=1"), "option-with-value", "ne prend pas de valeur", "takes no value"),
]


@pytest.mark.parametrize(("words", "code", "french", "english"), REFUSALS)
def test_what_cannot_be_read_is_told_in_the_reader_s_language(run, monkeypatch, words, code, french, english):
    for language, said in (("fr", french), ("en", english)):
        monkeypatch.setenv("BEFFROI_LANGUAGE", language)
        found, out, err = run(*words)
        assert (found, out) == (64, "")
        assert said in err
        assert f"({code})" in err


@pytest.mark.parametrize("words", [(), *((name,) for name in get_command(cli.app).commands)])
def test_help_is_wholly_in_the_reader_s_language(run, monkeypatch, words):
    monkeypatch.setenv("BEFFROI_LANGUAGE", "fr")
    code, french, err = run(*words, "--help")
    assert (code, err) == (0, "")
    assert french.startswith(f"Usage : {' '.join(('beffroi', *words))}")
    assert not set(re.findall(r"[A-Za-z]+", french)) & {"Show", "this", "message", "and", "exit", "default", "required"}
    monkeypatch.setenv("BEFFROI_LANGUAGE", "en")
    english = run(*words, "--help")[1]
    assert english.startswith("Usage: beffroi")
    assert not re.search(r"[àâçéèêîôùû]| (le|la|les|des|une?|est|et|qui) ", english)


def test_a_layer_and_a_map_are_started(run, trial):
    where = ("-w", trial.root)
    assert run("new", "layer", "housing/rates", "--indicator", "housing/vacancy_rate", *where)[:2] == (
        0, "Écrit\u00a0: layers/housing/rates.yaml\n",
    )  # fmt: skip
    assert run("new", "map", "rates", "--layer", "housing/rates", *where)[0] == 0
    assert (trial.root / "maps/rates.md").is_file()
    code, _, said = run("new", "carte", "rates", *where)
    assert (code, "draft-kind-unknown" in said) == (64, True)
    assert "draft-layer-unknown" in run("new", "map", "others", "--layer", "housing/none", *where)[2]


def test_every_printed_word_follows_the_language(run, trial, monkeypatch):
    """In English, nothing that a command prints of its own is French; the workspace has its own words."""
    monkeypatch.setenv("BEFFROI_LANGUAGE", "en")
    said = run("build", trial.root)[2] + run("check", trial.root)[1]
    where = ("-w", trial.root)
    said += run("show", "housing/vacancy_rate", *where, "--level", "epci")[1]
    said += run("explain", "housing/vacancy_rate", *where, "--territory", "999000001", "--period", "2020")[1]
    said += run("editions", trial.root)[1]
    trial.replace("indicators/housing/vacancy_rate.yaml", "denominator: dwellings", "denominator: vacant")
    said += run("build", trial.root, "--explain-stale")[1]
    run("build", trial.root)
    said += run("rollback", trial.root)[1]
    said += run("new", trial.root.parent / "first")[1]
    for word in (
        "no fault",
        "geography of 1 January 2022",
        "territory",
        "confidentiality",
        "definition",
        "built on",
        " of town/dwellings (numerator): ",
        "reads",
        "bytes",
        "received on",
        "objects",
        "changed: declared",
        "edition served",
        "then:",
    ):
        assert word in said, word
    for word in (
        "lignes",
        "octets",
        "reçu",
        "géographie",
        "statut",
        "construite",
        "objets",
        "changé",
        "lit ",
        "créé",
        "aucune",
        "servie",
        "ensuite",
        "édition",
        "indicateur",
        "territoire ",
    ):
        assert word not in said, word


def test_no_workspace_there(run, tmp_path):
    code, _, err = run("check", tmp_path)
    assert code == 6
    assert "(workspace-not-found)" in err

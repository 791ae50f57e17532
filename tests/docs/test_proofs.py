"""What the page about audits shows a third party works: a file is checked with a manifest, or with a proof, alone."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from beffroi.publish.proofs import PROGRAM
from tests.docs.blocks import read_blocks
from tests.docs.sessions import Session, run_beffroi
from tests.house.places import ROOT

PAGE = ROOT / "docs" / "how-to" / "auditer_une_edition.md"
FILE = "/donnees/housing/dwellings.csv"


def test_the_programs_check_a_downloaded_file(tmp_path: Path) -> None:
    by_manifest, by_proof = (block.text for block in read_blocks(PAGE) if block.language == "python")
    assert by_manifest == PROGRAM, "the site shows the same"
    run_beffroi(["beffroi", "new", "essai"], tmp_path)
    run_beffroi(["beffroi", "build", "essai"], tmp_path)
    session = Session(tmp_path / "essai")
    manifest = json.loads(session.page("/manifest.json"))
    name = next(leaf["name"] for leaf in manifest["leaves"] if leaf["name"].endswith(".csv"))
    text = session.page(f"/{name}").encode()
    proof = session.page(f"/api/proof?sha256={hashlib.sha256(text).hexdigest()}")
    for file, body in (("manifest.json", json.dumps(manifest).encode()), ("proof.json", proof.encode()),
                       ("good.csv", text), ("bad.csv", text + b"\n"), ("verifier.py", by_manifest.encode()),
                       ("preuve.py", by_proof.encode())):  # fmt: skip
        (tmp_path / file).write_bytes(body)

    def run(*words: str) -> str:
        done = subprocess.run([sys.executable, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert run("verifier.py", "manifest.json", "good.csv").split()[0] == name
    assert run("verifier.py", "manifest.json", "bad.csv") == "unknown file\n"
    assert run("preuve.py", "proof.json", "good.csv") == f"{manifest['root']} as told\n"
    assert "another file" in run("preuve.py", "proof.json", "bad.csv")

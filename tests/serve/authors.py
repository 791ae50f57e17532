"""A browser on the machine of who writes, for the tests of the desk."""

import re
import time
from pathlib import Path

from starlette.testclient import TestClient

from beffroi.publish import load_assets
from beffroi.run import Workplace
from beffroi.serve import create_app
from beffroi.serve.authoring import AuthoringDoor, Studio, hosts_of

KEY = "une-cle-pour-une-fois"
HERE = "http://127.0.0.1:8000"
OWN = {"origin": HERE}
PAGE_PATH = "observatories/homes/index.md"
EDIT = "/redaction/pages/homes/index"


class Author:
    """A browser on the machine of who writes, before it was let in."""

    def __init__(self, workplace: Workplace, assets: Path, *, edits: bool = True) -> None:
        self.root = workplace.root
        self.studio = Studio(workplace, load_assets(assets), HERE, key=KEY if edits else None)
        app = create_app(self.studio.live.release, base_url=HERE, lay=self.studio.lay, assets_folder=assets)
        self.client = TestClient(AuthoringDoor(app, self.studio, hosts_of(8000)), base_url=HERE, follow_redirects=False)

    def come_in(self) -> "Author":
        answer = self.client.get(f"/redaction?cle={KEY}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/redaction")
        return self

    def send(self, path: str, **form: object):
        return self.client.post(path, data={"laissez_passer": self.studio.pass_, **form}, headers=OWN)

    def read_over(self, path: str, **form: object) -> str:
        """The address of what is proposed."""
        answer = self.send(path, **form)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def save(self, path: str, **form: object):
        """Propose, read over, and save."""
        proposal = self.read_over(path, **form)
        assert "Enregistrer" in self.client.get(proposal).text
        return self.send(proposal)

    def seen(self) -> str:
        found = re.search(r'name="vu" value="(\w*)"', self.client.get(EDIT).text)
        assert found
        return found[1]

    def text(self, file: str = PAGE_PATH) -> str:
        return (self.root / file).read_text("utf-8")

    def try_text(self, path: str, text: str) -> dict:
        """What the editor is told of a text that is being typed."""
        headers = {**OWN, "x-laissez-passer": self.studio.pass_, "accept": "application/json"}
        return self.client.post(f"/redaction/essais/{path}", json={"texte": text}, headers=headers).json()

    def wait_for_build(self) -> None:
        until = time.monotonic() + 60
        while self.studio.building and time.monotonic() < until:
            time.sleep(0.02)
        assert not self.studio.building

"""One address over bad lines: conditional, resumed, patient, bounded, and never towards a private network."""

from collections.abc import Callable, Iterator

import pytest

from beffroi.catalog.sources import Location
from beffroi.collect.locations import Fetched, Known, Session, http
from beffroi.errors import BeffroiError
from tests.collect.invented import codes
from tests.collect.servers import Asked, Reply, serve

Fetch = Callable[..., Fetched]
BODY = bytes(range(256)) * 400


def here(url: str, **limits: object) -> dict[str, object]:
    return {"http": {"url": url}, "allow_private": True, **limits}


def body_of(fetched: Fetched) -> bytes:
    assert fetched.file is not None
    return fetched.file.read_bytes()


def test_bytes_come_as_they_are_with_what_the_server_says_of_them(fetch: Fetch) -> None:
    said = {"ETag": '"v1"', "Last-Modified": "Mon, 01 Jun 2026 10:00:00 GMT"}
    with serve(lambda asked: Reply(BODY, headers=said)) as site:
        fetched = fetch(here(site.url))
    assert body_of(fetched) == BODY
    assert (fetched.etag, fetched.last_modified) == ('"v1"', "Mon, 01 Jun 2026 10:00:00 GMT")
    assert site.asked[0].headers["accept-encoding"] == "identity"


def test_what_is_kept_is_asked_for_conditionally(fetch: Fetch) -> None:
    def answer(asked: Asked) -> Reply:
        fresh = asked.headers.get("if-none-match") == '"v1"' and "if-modified-since" in asked.headers
        return Reply(status=304, headers={"ETag": '"v1"'}) if fresh else Reply(BODY)

    with serve(answer) as site:
        fetched = fetch(here(site.url), Known('"v1"', "Mon, 01 Jun 2026 10:00:00 GMT"))
    assert fetched.file is None


def test_a_cut_download_goes_on_where_it_stopped(fetch: Fetch, waits: list[float]) -> None:
    def answer(asked: Asked) -> Reply:
        if "range" not in asked.headers:
            return Reply(BODY, headers={"ETag": '"v1"'}, cut=60_000)
        assert asked.headers["if-range"] == '"v1"'
        start = int(asked.headers["range"].removeprefix("bytes=").removesuffix("-"))
        headers = {"ETag": '"v1"', "Content-Range": f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"}
        return Reply(BODY[start:], 206, headers)

    with serve(answer) as site:
        assert body_of(fetch(here(site.url))) == BODY
    assert [("range" in asked.headers) for asked in site.asked] == [False, True]
    assert waits == [0.5]


def test_a_file_that_changed_meanwhile_is_taken_from_its_start(fetch: Fetch) -> None:
    replies = iter([Reply(BODY, headers={"ETag": '"v1"'}, cut=60_000), Reply(b"other", headers={"ETag": '"v2"'})])
    with serve(lambda asked: next(replies)) as site:
        fetched = fetch(here(site.url))
    assert body_of(fetched) == b"other"
    assert fetched.etag == '"v2"'


def test_without_a_strong_mark_nothing_is_resumed(fetch: Fetch) -> None:
    replies = iter([Reply(BODY, headers={"ETag": 'W/"v1"'}, cut=60_000), Reply(BODY)])
    with serve(lambda asked: next(replies)) as site:
        assert body_of(fetch(here(site.url))) == BODY
    assert "range" not in site.asked[1].headers


def test_a_partial_answer_from_elsewhere_is_not_glued(fetch: Fetch) -> None:
    cut = Reply(BODY, headers={"ETag": '"v1"'}, cut=60_000)
    replies = iter([cut, Reply(b"whole", 206, {"Content-Range": "bytes 0-4/5"})])
    with serve(lambda asked: next(replies)) as site:
        assert body_of(fetch(here(site.url))) == b"whole"


@pytest.mark.parametrize(("asked", "waited"), [("7", 7.0), (None, 0.5), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0)])
def test_a_server_that_asks_for_patience_gets_it(
    fetch: Fetch, waits: list[float], asked: str | None, waited: float
) -> None:
    headers = {"Retry-After": asked} if asked else {}
    replies = iter([Reply(status=503, headers=headers), Reply(b"now")])
    with serve(lambda _: next(replies)) as site:
        assert body_of(fetch(here(site.url))) == b"now"
    assert waits == [waited]


def test_patience_ends(fetch: Fetch, waits: list[float]) -> None:
    with serve(lambda asked: Reply(status=503)) as site, pytest.raises(BeffroiError) as refused:
        fetch(here(site.url))
    assert codes(refused.value) == ["http-status"]
    assert waits == [0.5, 1.0, 2.0, 4.0]


def test_an_hour_is_too_long_to_wait(fetch: Fetch, waits: list[float]) -> None:
    busy = Reply(status=429, headers={"Retry-After": "3600"})
    with serve(lambda asked: busy) as site, pytest.raises(BeffroiError, match="http-status"):
        fetch(here(site.url))
    assert waits == []


def test_a_refusal_is_not_asked_twice(fetch: Fetch) -> None:
    with serve(lambda asked: Reply(status=404)) as site, pytest.raises(BeffroiError) as refused:
        fetch(here(f"{site.url}/gone.zip?key=1"))
    assert refused.value.faults[0].values == {"address": f"{site.url}/gone.zip", "status": 404}
    assert len(site.asked) == 1


def test_a_line_that_is_always_cut_is_given_up(fetch: Fetch) -> None:
    with serve(lambda asked: Reply(BODY, cut=1000)) as site, pytest.raises(BeffroiError) as refused:
        fetch(here(site.url))
    assert codes(refused.value) == ["download-cut"]


@pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "chunked"}])
def test_a_size_is_not_passed(fetch: Fetch, headers: dict[str, str]) -> None:
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY) if headers else BODY
    with serve(lambda asked: Reply(body, headers=headers)) as site, pytest.raises(BeffroiError) as refused:
        fetch(here(site.url, max_bytes=50_000))
    assert codes(refused.value) == ["download-too-large"]


def test_a_time_is_not_passed(fetch: Fetch, session: Session) -> None:
    ticks: Iterator[float] = iter([0.0, *[100.0] * 50])
    session.clock = lambda: next(ticks)
    with serve(lambda asked: Reply(BODY)) as site, pytest.raises(BeffroiError) as refused:
        fetch(here(site.url, timeout_seconds=60))
    assert codes(refused.value) == ["download-too-slow"]


def test_redirects_are_followed_and_counted(fetch: Fetch) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(b"there") if asked.path == "/b" else Reply(status=302, headers={"Location": "/b"})

    with serve(answer) as site:
        assert body_of(fetch(here(f"{site.url}/a"))) == b"there"
    with serve(lambda asked: Reply(status=302, headers={"Location": "/a"})) as site:
        with pytest.raises(BeffroiError) as refused:
            fetch(here(f"{site.url}/a"))
        assert codes(refused.value) == ["redirects-endless"]


def test_a_redirect_is_checked_like_an_address(fetch: Fetch) -> None:
    away = Reply(status=302, headers={"Location": "file:///etc/passwd"})
    with serve(lambda asked: away) as site, pytest.raises(BeffroiError) as refused:
        fetch(here(site.url))
    assert codes(refused.value) == ["address-invalid"]


def test_a_redirect_to_a_private_address_is_refused(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first host is taken for a public one; the second is what a cloud keeps its secrets behind."""
    monkeypatch.setattr("beffroi.collect.locations.hosts.is_private", lambda address: address != "127.0.0.1")
    away = Reply(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"})
    with serve(lambda asked: away) as site, pytest.raises(BeffroiError) as refused:
        fetch({"http": {"url": site.url}})
    assert codes(refused.value) == ["address-refused"]
    assert refused.value.faults[0].values["address"] == "169.254.169.254"


def test_a_private_address_is_refused_unless_allowed(fetch: Fetch) -> None:
    with serve(lambda asked: Reply(b"inside")) as site:
        with pytest.raises(BeffroiError) as refused:
            fetch({"http": {"url": site.url}})
        assert codes(refused.value) == ["address-refused"]
        assert site.asked == []
        assert body_of(fetch(here(site.url))) == b"inside"


def test_a_secret_comes_from_the_environment_and_is_shown_nowhere(fetch: Fetch) -> None:
    with serve(lambda asked: Reply(status=403)) as site:
        declared = here(f"{site.url}/data.csv?key=${{BEFFROI_KEY}}")
        with pytest.raises(BeffroiError) as refused:
            fetch(declared)
        assert site.asked[0].query == {"key": "s3same"}
        assert "s3same" not in str(refused.value)
        assert http.address(Location.model_validate(declared)).endswith("?key=${BEFFROI_KEY}")


@pytest.mark.parametrize("name", ["BEFFROI_ABSENT", "AWS_SECRET_ACCESS_KEY"])
def test_only_secrets_meant_for_beffroi_are_taken(fetch: Fetch, session: Session, name: str) -> None:
    session.environment = {"AWS_SECRET_ACCESS_KEY": "not for you"}
    with pytest.raises(BeffroiError) as refused:
        fetch(here(f"http://127.0.0.1/?key=${{{name}}}"))
    assert codes(refused.value) == ["secret-missing"]


def test_a_password_typed_in_an_address_is_refused(fetch: Fetch) -> None:
    with pytest.raises(BeffroiError) as refused:
        fetch(here("https://agent:hunter2@127.0.0.1/data.csv"))
    assert codes(refused.value) == ["secret-in-address"]
    assert "hunter2" not in str(refused.value)


def test_a_closed_door_is_not_knocked_at_twice(fetch: Fetch) -> None:
    with serve(lambda asked: Reply()) as site:
        pass
    for _ in range(2):
        with pytest.raises(BeffroiError) as refused:
            fetch(here(site.url))
        assert codes(refused.value) == ["host-unreachable"]


def test_the_way_out_of_an_administration_is_respected(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a proxy in the environment, it is the proxy that knows names; private addresses are refused all the same."""
    with serve(lambda asked: Reply(b"by the proxy")) as site:
        monkeypatch.setenv("http_proxy", site.url)
        assert body_of(fetch({"http": {"url": "http://valbrume.example/rows.csv"}})) == b"by the proxy"
        assert site.asked[0].headers["host"] == "valbrume.example"
        for host in ("169.254.169.254", "metadata.internal", "[::1]"):
            with pytest.raises(BeffroiError) as refused:
                fetch({"http": {"url": f"http://{host}/"}})
            assert codes(refused.value) == ["address-refused"]
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert body_of(fetch(here(f"{site.url}/direct"))) == b"by the proxy"
        assert site.asked[-1].path == "/direct"

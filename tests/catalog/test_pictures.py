"""A picture is what its bytes are; what is kept of it is its points, and a drawing without what runs or fetches."""

from io import BytesIO

import pytest
from PIL import Image

from beffroi.catalog import pictures
from beffroi.catalog.pictures import WIDEST, read_picture, unsafe_parts
from beffroi.errors import BeffroiError

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">{}</svg>'


def picture(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **more: object) -> bytes:
    stream = BytesIO()
    Image.new(mode, size, 1).save(stream, kind, **more)
    return stream.getvalue()


def code(error: pytest.ExceptionInfo[BeffroiError]) -> str:
    return error.value.faults[0].code


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
def test_a_picture_is_known_by_its_bytes(kind: str, suffix: str) -> None:
    found = read_picture(picture(kind))
    assert (found.suffix, found.width, found.height, found.changes) == (suffix, 40, 20, ())
    assert Image.open(BytesIO(found.content)).format == kind


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_any_png_can_be_shown(mode: str) -> None:
    found = Image.open(BytesIO(read_picture(picture("PNG", mode=mode)).content))
    assert found.mode in ("L", "RGB", "RGBA")


def test_what_a_camera_notes_is_not_kept() -> None:
    noted = Image.Exif()
    noted[0x010F], noted[0x0112] = "Une marque", 6
    noted.get_ifd(0x8825)[1] = "N"
    found = read_picture(picture("JPEG", exif=noted, comment="un nom"))
    assert (found.width, found.height, found.changes) == (20, 40, ("turned",))
    kept = Image.open(BytesIO(found.content))
    assert not kept.getexif()
    assert b"Une marque" not in found.content
    assert b"un nom" not in found.content
    text = read_picture(picture("PNG") + b"<script>alert(1)</script>")
    assert b"script" not in text.content, "what follows a picture is not of it"


def test_a_large_picture_is_reduced() -> None:
    found = read_picture(picture("JPEG", (WIDEST * 2, 200)))
    assert (found.width, found.height, found.changes) == (WIDEST, 100, ("reduced",))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"GIF89a", b"%PDF-1.7", b"<html><script>alert(1)</script></html>", b"<svg", picture("PNG")[:60],
        picture("GIF"), picture("BMP"), b"\x89PNG\r\n\x1a\n" + b"\0" * 40, SVG.format("").encode("utf-16"),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;").encode(),
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG.format("&a;").encode(),
        SVG.format("<g>" * 300 + "</g>" * 300).encode(),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(BeffroiError) as raised:
        read_picture(content)
    assert code(raised) == "picture-unreadable"


def test_what_moves_is_refused() -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    stream = BytesIO()
    frames[0].save(stream, "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(BeffroiError) as raised:
        read_picture(stream.getvalue())
    assert code(raised) == "picture-unreadable"


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, least in (("LARGEST_SENT", 20), ("LARGEST_KEPT", 20), ("_MOST_POINTS", 50)):
        with monkeypatch.context() as patch:
            patch.setattr(pictures, name, least)
            with pytest.raises(BeffroiError) as raised:
                read_picture(picture("PNG"))
            assert code(raised) == "picture-too-large", name


@pytest.mark.parametrize(
    ("written", "refused"),
    [
        ('<script>alert(1)</script><rect width="4"/>', "script"),
        ('<rect onclick="alert(1)"/>', "onclick"),
        ('<rect ONLOAD="alert(1)"/>', "ONLOAD"),
        ('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>', "foreignObject"),
        ('<image href="http://evil.example/x.png"/>', "href"),
        ('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>', "href"),
        ('<use xmlns:x="http://www.w3.org/1999/xlink" x:href="http://evil.example/#a"/>', "href"),
        ('<rect style="fill: url(http://evil.example/a)"/>', "style"),
        ("<rect fill=\"url( '//evil.example/a' )\"/>", "fill"),
        ("<style>@import 'http://evil.example/a.css';</style>", "style"),
        ("<style>rect { fill: u\\72l(http://evil.example/a) }</style>", "style"),
        ('<animate attributeName="href" values="javascript:alert(1)"/>', "animate"),
        ('<set attributeName="onmouseover" to="alert(1)"/>', "set"),
        ("<iframe/>", "iframe"),
        ('<a href="javascript:alert(1)"><script/></a>', "script"),
    ],
)
def test_a_drawing_neither_runs_nor_fetches(written: str, refused: str) -> None:
    content = SVG.format(written).encode()
    assert unsafe_parts(content) == (refused,)
    found = read_picture(content)
    assert (found.suffix, found.changes) == (".svg", ("cleaned",))
    for word in (b"evil", b"alert", b"javascript", b"script"):
        assert word not in found.content
    assert unsafe_parts(found.content) == ()


def test_a_drawing_keeps_what_it_draws() -> None:
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><!-- fait à la main -->'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:version="1.3"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink" width="60mm" height="30mm"><metadata><x/></metadata><i:page/>'
        '<style>.a { fill: url(#g) }</style><defs><linearGradient id="g"/></defs><a href="http://a.example">'
        '<path class="a" d="M0 0h4" transform="scale(2)"/></a><text>é &lt; è</text><use xlink:href="#g"/></svg>'
    ).encode()
    found = read_picture(content)
    assert (found.changes, found.width, found.height) == ((), 60, 30)
    assert found.content.decode() == (
        '<svg width="60mm" height="30mm" xmlns="http://www.w3.org/2000/svg"><style>.a { fill: url(#g) }</style><defs>'
        '<linearGradient id="g" /></defs><g><path class="a" d="M0 0h4" transform="scale(2)" /></g>'
        '<text>é &lt; è</text><use href="#g" /></svg>\n'
    )

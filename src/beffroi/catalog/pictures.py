"""Pictures of observatories: what their bytes are, whatever their name says, and what is kept of them.

A picture that somebody sends is drawn again from its points alone: no larger than a page shows it, upright, without
the place, the camera or the name that its file may tell, and without anything that runs.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

from beffroi.catalog.vector_pictures import Drawing, read_drawing
from beffroi.errors import BeffroiError, fault

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_SENT = 15_000_000
"""Bytes that may be sent: a photograph as a telephone takes it."""
LARGEST_KEPT = 3_000_000
"""Bytes that a workspace keeps of one."""
WIDEST = 1600
"""Points: twice the column of a page, for screens that have two points for one."""

_MOST_POINTS = 60_000_000
_KEPT_AS: dict[str, tuple[str, dict[str, Any]]] = {
    "PNG": (".png", {"optimize": True}),
    "JPEG": (".jpg", {"quality": 86, "optimize": True, "progressive": True}),
    "WEBP": (".webp", {"quality": 88, "method": 4}),
}

Change = Literal["reduced", "cleaned", "turned"]


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept. ``changes`` says what was done to it: ``reduced`` in size, ``turned`` upright,
    ``cleaned`` of what could run; ``width`` and ``height`` in points, None for a drawing that does not say."""

    suffix: str
    content: bytes
    width: int | None
    height: int | None
    changes: tuple[Change, ...]


def read_picture(content: bytes) -> Picture:
    """The picture that some bytes are; ``picture-unreadable`` when they are none, ``picture-too-large`` beyond what is
    kept."""
    if len(content) > LARGEST_SENT:
        raise BeffroiError(fault("picture-too-large", limit=LARGEST_SENT // 1_000_000))
    drawing = read_drawing(content) if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else None
    picture = _of_drawing(drawing) if drawing else _of_points(content)
    if len(picture.content) > LARGEST_KEPT:
        raise BeffroiError(fault("picture-too-large", limit=LARGEST_KEPT // 1_000_000))
    return picture


def unsafe_parts(content: bytes) -> tuple[str, ...]:
    """What could run in an SVG that is kept, or be fetched by it; ``svg`` itself where the bytes are not SVG."""
    drawing = read_drawing(content)
    return ("svg",) if drawing is None else drawing.refused


def _of_drawing(drawing: Drawing) -> Picture:
    width, height = (None if each is None else round(each) for each in (drawing.width, drawing.height))
    changes: tuple[Change, ...] = ("cleaned",) if drawing.refused else ()
    return Picture(".svg", drawing.text.encode(), width, height, changes)


def _of_points(content: bytes) -> Picture:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=tuple(_KEPT_AS))
            if image.width * image.height > _MOST_POINTS:
                raise BeffroiError(fault("picture-too-large", limit=LARGEST_SENT // 1_000_000))
            kind = image.format or ""
            if getattr(image, "n_frames", 1) > 1:
                raise BeffroiError(fault("picture-unreadable", reason="animation"))
            image.load()
            upright, changes = _prepare(image)
    except UnidentifiedImageError as error:
        raise BeffroiError(fault("picture-unreadable", reason="PNG, JPEG, WebP, SVG")) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BeffroiError(fault("picture-unreadable", reason=type(error).__name__)) from error
    suffix, options = _KEPT_AS[kind]
    stream = BytesIO()
    upright.save(stream, kind, **options)
    return Picture(suffix, stream.getvalue(), upright.width, upright.height, changes)


def _prepare(image: "Image") -> tuple["Image", tuple[Change, ...]]:
    """The points alone, upright, in the colours of screens, no wider than a page needs."""
    from PIL import Image, ImageOps

    changes: list[Change] = []
    upright = ImageOps.exif_transpose(image)
    if upright.size != image.size or image.getexif().get(0x0112, 1) != 1:
        changes.append("turned")
    upright = _in_screen_colours(_in_common_profile(upright))
    if max(upright.size) > WIDEST:
        changes.append("reduced")
        upright.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare, tuple(changes)


def _in_common_profile(image: "Image") -> "Image":
    """The colours that screens have in common: a telephone notes its own beside its photographs."""
    from PIL import ImageCms

    noted = image.info.get("icc_profile")
    if not noted or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        own, common = ImageCms.ImageCmsProfile(BytesIO(noted)), ImageCms.createProfile("sRGB")
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, own, common, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return image  # a profile that cannot be read: the colours are taken for the common ones


def _in_screen_colours(image: "Image") -> "Image":
    """Eight bits a colour, red, green and blue, or grey; what is seen through stays so."""
    if image.mode in ("RGB", "RGBA", "L"):
        return image
    through = image.mode in ("LA", "PA") or "transparency" in image.info
    if image.mode.startswith(("I", "F")):
        return image.convert("F").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if through else "L" if image.mode == "1" else "RGB")


__all__ = ["LARGEST_KEPT", "LARGEST_SENT", "WIDEST", "Picture", "read_picture", "unsafe_parts"]

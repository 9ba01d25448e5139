"""Pictures: PNG, blue or red, transparent ground (NĐ 30/2020 PL I)."""

import io

import pytest
from PIL import Image, ImageDraw

from demo_pki import pictures
from pades.errors import ImageError
from pades.images import mend, picture
from proves import proves


def png(colour, ground=(255, 255, 255), size=(300, 200), kind="PNG"):
    image = Image.new("RGB", size, ground)
    if colour:
        ImageDraw.Draw(image).ellipse((40, 40, 200, 160), outline=colour, width=12)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@proves("SIGN-12")
def test_white_ground_becomes_transparent_and_margins_go():
    seal = picture(png((200, 20, 30)), "red")
    assert seal.width < 180 and seal.height < 140
    image = Image.open(io.BytesIO(seal.png))
    assert image.mode == "RGBA" and image.getpixel((image.width // 2, image.height // 2))[3] == 0


@pytest.mark.parametrize(
    ("raw", "colour", "code"),
    [
        (png((20, 40, 200)), "red", "image_not_red"),
        (png((200, 20, 30)), "blue", "image_not_blue"),
        (png((10, 10, 10)), "blue", "image_not_blue"),
        (png(None), "blue", "image_empty"),
        (png((20, 40, 200), kind="JPEG"), "blue", "image_kind"),
        (b"", "blue", "image_size"),
        (png((20, 40, 200))[:120], "blue", "image_broken"),
        (png((20, 40, 200), size=(3100, 10)), "blue", "image_side"),
    ],
)
def test_refused_pictures(raw, colour, code):
    with pytest.raises(ImageError) as caught:
        picture(raw, colour)
    assert caught.value.code == code


def test_demonstration_pictures_are_accepted():
    assert picture(pictures.signature("a"), "blue").png != picture(pictures.signature("b"), "blue").png
    assert abs(picture(pictures.seal("Sở Nội vụ", "Tỉnh Mẫu"), "red").ratio - 1) < 0.02


def scanned(ink, ground, kind="PNG"):
    """A signature on grey paper, as a telephone photographs it."""
    return png(ink, ground, kind=kind)


@proves("SIGN-09", "SIGN-12")
@pytest.mark.parametrize(
    ("ink", "ground", "colour", "words"),
    [
        ((15, 15, 15), (255, 255, 255), "blue", ("trong suốt", "màu xanh")),
        ((15, 15, 15), (196, 198, 200), "blue", ("trong suốt", "màu xanh")),
        ((20, 40, 200), (205, 205, 205), "blue", ("trong suốt",)),
        ((90, 60, 60), (230, 230, 230), "red", ("trong suốt", "màu đỏ")),
        ((200, 20, 30), (255, 255, 255), "red", ("trong suốt",)),
    ],
)
def test_pictures_are_mended_and_it_is_said(ink, ground, colour, words):
    mended, findings = mend(scanned(ink, ground), colour)
    said = " ".join(findings)
    assert all(word in said for word in words), said
    assert ("màu" in said) == any("màu" in word for word in words)
    image = Image.open(io.BytesIO(mended.png))
    assert image.getpixel((image.width // 2, image.height // 2))[3] == 0
    strongest = max(image.get_flattened_data() if hasattr(image, "get_flattened_data") else image.getdata(), key=lambda dot: dot[3])
    assert strongest[2 if colour == "blue" else 0] == max(strongest[:3]) and strongest[3] > 200
    # what was mended passes the strict check from then on
    assert picture(mended.png, colour).width == mended.width


@proves("SIGN-09")
def test_other_kinds_only_where_the_profile_takes_them():
    jpeg = scanned((20, 40, 200), (255, 255, 255), kind="JPEG")
    with pytest.raises(ImageError, match="PNG"):
        mend(jpeg, "blue")
    mended, findings = mend(jpeg, "blue", png_only=False)
    assert mended.png.startswith(b"\x89PNG") and "JPEG" in findings[0]
    with pytest.raises(ImageError):
        mend(b"GIF89a" + jpeg, "blue", png_only=False)
    with pytest.raises(ImageError, match="trống"):
        mend(png(None), "red")
    assert "phân giải" in " ".join(mend(scanned((200, 20, 30), (255, 255, 255)), "red", size_mm=36)[1])

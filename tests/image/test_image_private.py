"""What tells of a person leaves the file; pixels stay exactly as they are."""

import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from hairwise.image.private import without_private
from hairwise.image.read import read_photo

SECRET = b"Max Mustermann 48.137"


def picture(kind, turned=1, progressive=False):
    rng = np.random.default_rng(1)
    image = Image.fromarray(rng.integers(0, 255, (130, 170, 3), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x013B] = SECRET.decode()  # artist
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 0.0)  # GPS latitude
    out = io.BytesIO()
    if kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", SECRET.decode())
        image.save(out, "PNG", exif=exif, pnginfo=words)
    elif kind == "JPEG":
        image.save(out, "JPEG", exif=exif, comment=SECRET, progressive=progressive, quality=90)
    else:
        image.save(out, kind, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("turned", [1, 6, 3])
def test_pixels_stay_and_words_go(kind, turned):
    data = picture(kind, turned)
    clean, suffix = without_private(data, "a")
    assert suffix == (".jpg" if kind == "JPEG" else ".png")
    assert SECRET not in clean
    assert np.array_equal(read_photo(clean, "a").rgb, read_photo(data, "a").rgb)
    with Image.open(io.BytesIO(clean)) as image:
        assert set(image.getexif()) <= {0x0112}


@pytest.mark.parametrize("progressive", [False, True])
def test_what_hangs_behind_a_jpeg_is_dropped(progressive):
    data = picture("JPEG", progressive=progressive)
    clean, _ = without_private(data + data + SECRET + b"\xff\xd9", "a")
    assert SECRET not in clean
    assert len(clean) <= len(data)
    assert np.array_equal(read_photo(clean, "a").rgb, read_photo(data, "a").rgb)


def test_cleaning_twice_changes_nothing():
    once, _ = without_private(picture("JPEG", 6), "a")
    assert without_private(once, "a")[0] == once


def test_words_in_any_segment_and_a_thumbnail_go():
    data = picture("JPEG")

    def segment(kind, body):
        return b"\xff" + bytes([kind]) + (len(body) + 2).to_bytes(2, "big") + body

    extra = b"".join(
        segment(kind, head + SECRET)
        for kind, head in (
            (0xE0, b"JFXX\0"), (0xE0, b"Note\0"), (0xE2, b"ICC_PROFILEX\0"), (0xE2, b"MPF\0"), (0xEE, b"Ducky"),
            (0xED, b"Photoshop 3.0\0"), (0xFE, b""), (0xE1, b"http://ns.adobe.com/xap/1.0/\0"),
        )
    )  # fmt: skip
    clean, _ = without_private(data[:2] + extra + data[2:], "a")
    assert SECRET not in clean
    assert np.array_equal(read_photo(clean, "a").rgb, read_photo(data, "a").rgb)


def test_an_orientation_that_cannot_be_is_left_out():
    for turned in (0, 9, 700):
        clean, _ = without_private(picture("JPEG", turned), "a")
        with Image.open(io.BytesIO(clean)) as image:
            assert dict(image.getexif()) == {}

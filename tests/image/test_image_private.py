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

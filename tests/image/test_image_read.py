"""Bad photos are refused by name; good ones come out upright, 8-bit and without private metadata."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from hairwise.errors import Refused
from hairwise.image.calibrate import calibrate
from hairwise.image.read import read_photo

SHAPE = (128, 192, 3)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def skin(rng: np.random.Generator) -> Image.Image:
    return Image.fromarray(rng.integers(120, 200, SHAPE, dtype=np.uint8))


def png_claiming(width: int, height: int) -> bytes:
    """A tiny PNG whose header claims a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"not an image at all", "not_an_image"),
        (b"%PDF-1.7 ...", "not_an_image"),
        (b"\xff\xd8\xff\xe0", "not_an_image"),
        (png_claiming(60_000, 60_000), "image_too_large"),
        (png_claiming(11_000, 11_000), "image_too_large"),
        (png_claiming(200, 200), "broken_image"),
    ],
)
def test_bad_files_are_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_photo(data, "spot.jpg")
    assert refused.value.code == code
    assert "spot.jpg" in refused.value.line
    assert "\n" not in refused.value.line


def test_one_pixel_is_too_small() -> None:
    with pytest.raises(Refused, match="1 x 1") as refused:
        read_photo(saved(Image.new("RGB", (1, 1)), "PNG"), "dot.png")
    assert refused.value.code == "image_too_small"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_cut_off_files_are_refused(skin: Image.Image, kind: str) -> None:
    data = saved(skin, kind)
    with pytest.raises(Refused) as refused:
        read_photo(data[: len(data) // 2], "cut")
    assert refused.value.code in ("broken_image", "not_an_image")


def test_sixteen_bits_become_eight(rng: np.random.Generator) -> None:
    grey = rng.integers(0, 65536, SHAPE[:2]).astype(np.uint16)
    rgb = read_photo(saved(Image.fromarray(grey), "PNG"), "deep.png").rgb
    assert np.abs(rgb[..., 0].astype(float) - grey / 257).max() <= 1  # one level is the rounding


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGBA", "P", "1"])
def test_other_colour_modes_are_read(skin: Image.Image, mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    photo = read_photo(saved(skin.convert(mode), kind), "odd")
    assert photo.rgb.shape == SHAPE
    assert photo.rgb.dtype == np.uint8


def test_transparent_parts_become_white(skin: Image.Image) -> None:
    clear = skin.convert("RGBA")
    clear.putalpha(0)
    assert read_photo(saved(clear, "PNG"), "clear.png").rgb.min() == 255


def test_heic_is_read(skin: Image.Image) -> None:
    photo = read_photo(saved(skin, "HEIF", quality=90), "phone.heic")
    assert photo.rgb.shape == SHAPE


def test_photos_are_turned_upright_and_lose_their_metadata(skin: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)  # where it was taken
    photo = read_photo(saved(skin, "JPEG", exif=exif, quality=95), "side.jpg")
    assert photo.rgb.shape == (SHAPE[1], SHAPE[0], 3)
    assert not hasattr(photo, "exif")


def test_pixels_cannot_be_changed(skin: Image.Image) -> None:
    with pytest.raises(ValueError, match="read-only"):
        read_photo(saved(skin, "PNG"), "x.png").rgb[0, 0, 0] = 1


def test_no_scale_is_never_replaced(skin: Image.Image) -> None:
    photo = read_photo(saved(skin, "PNG"), "x.png")
    assert calibrate(photo, None).calibration.px_per_mm is None


@pytest.mark.parametrize("value", [0.0, -3.0, float("nan"), float("inf"), 1e6])
def test_impossible_scales_are_refused(skin: Image.Image, value: float) -> None:
    with pytest.raises(Refused, match="not a possible scale"):
        calibrate(read_photo(saved(skin, "PNG"), "x.png"), value)


def test_a_head_photo_gets_one_line_and_the_way_without_photos(skin: Image.Image) -> None:
    with pytest.raises(Refused) as refused:
        calibrate(read_photo(saved(skin, "PNG"), "head.png"), 5.0)
    assert refused.value.code == "not_a_close_up"
    assert "check, counts, plan" in refused.value.line


@pytest.mark.parametrize(
    ("told", "kept"),
    [("2026:03:07 08:15:00", "2026:03:07 08:15:00"), ("0000:00:00 00:00:00", ""), ("yesterday", ""), (None, "")],
)
def test_the_cameras_time_is_read_where_there_is_one(told, kept):
    exif = Image.Exif()
    if told:
        exif.get_ifd(0x8769)[0x9003] = told
    out = io.BytesIO()
    Image.new("RGB", (120, 120), (200, 170, 150)).save(out, "JPEG", exif=exif)
    assert read_photo(out.getvalue(), "a.jpg").taken_at == kept

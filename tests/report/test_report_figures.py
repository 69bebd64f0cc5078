import dataclasses
import io

import cv2
import numpy as np
import pytest
from PIL import Image

from hairwise.report.canvas import BLUE, SKY, VERMILLION, dashes
from hairwise.report.figures import FigureSettings, _pair_items, draw_hairs, draw_pair

PAIR_WIDTH = FigureSettings().pair_width_px


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def share_of(image, colour, centre, half=14):
    y, x = (round(float(v)) for v in centre)
    part = image[max(y - half, 0) : y + half + 1, max(x - half, 0) : x + half + 1].astype(int)
    return (np.abs(part - colour).max(axis=2) < 40).mean()


def test_each_listed_hair_is_drawn_and_the_unlisted_one_is_not(rng, make):
    lines = make.stubs(rng)
    rgb = make.draw(make.skin(rng), lines)
    p = [0.95] * 11 + [0.4]
    image = pixels(draw_hairs(rgb, make.hairs(lines, p=p)))
    scale = image.shape[1] / rgb.shape[1]
    found = [share_of(image, SKY, (line[1] + 0.5) * scale - 0.5) for line in lines]
    assert min(found[:11]) > 0.02
    assert found[11] == 0


def test_a_less_sure_hair_is_drawn_paler(rng, make):
    lines = make.stubs(rng, 4)
    rgb = make.draw(make.skin(rng), lines)
    image = pixels(draw_hairs(rgb, make.hairs(lines, p=[0.95, 0.95, 0.6, 0.6])))
    scale = image.shape[1] / rgb.shape[1]
    found = [share_of(image, SKY, (line[1] + 0.5) * scale - 0.5) for line in lines]
    assert min(found[:2]) > 3 * max(found[2:])


@pytest.mark.parametrize("colour", [(35, 28, 30), (236, 233, 226)])
def test_the_line_stands_out_from_dark_and_from_light_hair(rng, make, colour):
    lines = make.stubs(rng, 4)
    rgb = make.draw(make.skin(rng), lines, colour)
    image = pixels(draw_hairs(rgb, make.hairs(lines)))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    scale = image.shape[1] / rgb.shape[1]
    y, x = np.round((lines[0][1] + 0.5) * scale - 0.5).astype(int)
    part = grey[y - 14 : y + 15, x - 14 : x + 15].astype(float)
    assert part.max() - part.min() > 100  # line, casing or hair: something dark beside something light


def test_no_hair_and_another_shape_still_give_a_picture(rng, make):
    png = draw_hairs(make.skin(rng, 90, 170), make.hairs([]))
    image = pixels(png)
    assert image.shape[1] == FigureSettings().smallest_width_px
    assert png.startswith(b"\x89PNG")


def test_the_photo_given_is_not_drawn_into_and_the_same_photo_gives_the_same_bytes(rng, make):
    lines = make.stubs(rng)
    rgb = make.draw(make.skin(rng, 700, 1000), lines)  # drawn at scale 1, where a view could be drawn into
    kept = rgb.copy()
    rgb.flags.writeable = False
    assert draw_hairs(rgb, make.hairs(lines)) == draw_hairs(rgb, make.hairs(lines))
    assert np.array_equal(rgb, kept)


def places(image, rgb):
    """Scale of a photo in the pair picture, the top of the photos and the left of the second."""
    text = round(2 * PAIR_WIDTH * FigureSettings().text_share)
    return PAIR_WIDTH / rgb.shape[1], round(text * 1.7), PAIR_WIDTH + PAIR_WIDTH // 90


def test_the_second_photo_is_turned_into_the_first_ones_frame(pair):
    before, after, hb, ha, change = pair
    image = pixels(draw_pair(before, after, change))
    scale, top, right = places(image, before)
    for h in change.kept.hair_t0:
        y, x = np.round((hb.line_px(int(h))[1] + 0.5) * scale - 0.5).astype(int)
        assert image[top + y, x].max() < 110  # on the shaft in the first photo
        # on the shaft in the second too: half a shaft's width (4 px drawn) is the room left
        assert image[top + y - 3 : top + y + 4, right + x - 3 : right + x + 4].max(axis=2).min() < 110


def test_the_strip_below_tells_the_whole_sum(pair):
    *_, change = pair
    told = dataclasses.replace(change, out_of_view=change.hidden[:0], n_t0=9 + len(change.lost) + len(change.hidden))
    assert "still there 9" in [item.text for item in _pair_items(told, 1.0)]
    out = dataclasses.replace(told, out_of_view=np.arange(2), n_t0=told.n_t0 + 2)
    words = [item.text for item in _pair_items(out, 1.0)]
    assert "still there 9" in words
    assert "out of view 2" in words


def test_lost_hairs_are_ringed_on_both_photos_and_new_ones_squared_on_both(pair):
    before, after, hb, ha, change = pair
    image = pixels(draw_pair(before, after, change))
    scale, top, right = places(image, before)
    offset = np.array([top, 0.0])
    for h in range(len(hb)):
        centre = (hb.line_px(h)[1] + 0.5) * scale + offset
        for side in (0, right):
            ringed = share_of(image, VERMILLION, centre + [0, side], 45) > 0.02
            assert ringed == (h in change.lost)
    back = np.linalg.inv(change.registration.homography)
    x, y = cv2.perspectiveTransform(ha.line_px(int(change.new[0]))[None, 1:2, ::-1], back)[0, 0]
    centre = (np.array([y, x]) + 0.5) * scale + offset
    assert min(share_of(image, BLUE, centre + [0, side], 45) for side in (0, right)) > 0.02


def test_a_larger_second_photo_is_drawn_the_same_size(pair):
    before, after, hb, ha, change = pair
    big = cv2.resize(after, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    double = np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1.0]])  # pixel centres: x -> 2 x + 0.5
    registration = dataclasses.replace(change.registration, homography=double @ change.registration.homography)
    big_hairs = dataclasses.replace(ha, points_px=ha.points_px * 2 + 0.5)
    other = dataclasses.replace(change, registration=registration, hairs_t1=big_hairs)
    one = pixels(draw_pair(before, after, change)).astype(int)
    two = pixels(draw_pair(before, big, other)).astype(int)
    assert one.shape == two.shape
    assert np.abs(one - two).mean() < 3  # grey levels of 255: resampling noise of rough skin


def test_dashes_cover_on_over_on_plus_off():
    line = np.array([[0.0, 0.0], [0.0, 100.0]])
    pieces = dashes(line, 6, 4)
    assert sum(np.ptp(piece[:, 1]) for piece in pieces) == pytest.approx(60)

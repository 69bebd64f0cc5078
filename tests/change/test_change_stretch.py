"""The mapping between two planes: exact cases, inverses, leave-one-out."""

import numpy as np
import pytest

from hairwise.change.stretch import apply_homography, fit_homography, fit_mapping, loo_residual, meet

TILT = np.array([[0.98, -0.17, 0.4], [0.17, 0.98, -0.3], [0.003, -0.002, 1.0]])


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def test_similarity_from_two_points_is_exact():
    a = np.array([[0.0, 0.0], [1.0, 2.0]])
    b = np.array([[3.0, 1.0], [1.0, 2.0]])  # a quarter turn and a shift
    assert np.allclose(apply_homography(fit_homography(a, b, np.ones(2)), a), b, atol=1e-12)


def test_homography_recovered(rng):
    a = rng.uniform(0, [5, 7], (60, 2))
    got = fit_homography(a, apply_homography(TILT, a), np.ones(60))
    # The pull to the identity is worth about one of 60 points: under a um over 7 mm.
    assert np.abs(apply_homography(got, a) - apply_homography(TILT, a)).max() < 0.001


def test_loo_is_what_leaving_out_gives(rng):
    a = rng.uniform(0, [4, 6], (12, 2))
    b = a + rng.normal(0, 0.05, a.shape)
    sd = rng.uniform(0.02, 0.05, 12)
    full = loo_residual(fit_mapping((a, b, sd), np.eye(3), (0.05, 1.3)))
    for k in range(12):
        rest = np.arange(12) != k
        alone = fit_mapping((a[rest], b[rest], sd[rest]), np.eye(3), (0.05, 1.3))
        assert np.allclose(b[k] - alone.forward(a[k : k + 1])[0], full[k], atol=1e-9)


def test_smooth_stretch_is_followed_and_inverted(rng):
    def skin(p):
        return apply_homography(TILT, p) + 0.04 * np.sin(p[:, ::-1] * 1.1)

    a = rng.uniform(0, [5, 7], (150, 2))
    mapping = fit_mapping((a, skin(a), np.full(150, 0.005)), TILT, (0.05, 1.3))
    probe = rng.uniform(0.5, [4.5, 6.5], (40, 2))
    off = np.linalg.norm(mapping.forward(probe) - skin(probe), axis=1)
    assert np.median(off) < 0.005  # the noise given
    assert np.abs(mapping.backward(mapping.forward(probe)) - probe).max() < 1e-6


def test_sd_grows_away_from_anchors_to_the_prior(rng):
    a = rng.uniform(0, 2, (30, 2))
    mapping = fit_mapping((a, a, np.full(30, 0.02)), np.eye(3), (0.05, 1.3))
    near, far = mapping.sd(np.array([[1.0, 1.0], [30.0, 40.0]]))
    assert near < 0.015
    assert far == pytest.approx(0.05)


def test_no_anchors_is_the_homography():
    empty = np.zeros((0, 2))
    mapping = fit_mapping((empty, empty, np.zeros(0)), TILT, (0.05, 1.3))
    probe = np.array([[1.0, 3.0]])
    assert np.allclose(mapping.forward(probe), apply_homography(TILT, probe))


def test_two_finds_of_a_point_meet_where_they_lie_far_apart():
    empty = np.zeros((0, 2))
    mapping = fit_mapping((empty, empty, np.zeros(0)), TILT, (0.05, 1.3))
    here = np.array([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]])
    gap = np.array([0.003, 0.03, 0.3])
    there = mapping.forward(here) + gap[:, None] * [0.6, 0.8]
    one, two = meet(mapping, here, there, 0.03)
    moved = np.linalg.norm(two - there, axis=1) / gap
    assert moved[0] < 0.01  # nearer than places are known: left alone
    assert moved[1] == pytest.approx(0.25)
    assert moved[2] == pytest.approx(0.5, abs=0.01)
    # what is left between them is shared evenly, but for the scale of the planes
    assert np.linalg.norm(mapping.forward(one) - two, axis=1)[2] < 0.02 * gap[2]
    assert meet(mapping, empty, empty, 0.03)[0].shape == (0, 2)

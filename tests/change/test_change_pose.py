"""Voting finds the pose of a constellation with missing, false and shifted stars."""

import numpy as np
import pytest

from hairwise.change.pose import Stars, pose_matrix, vote, votes_from_pairs
from hairwise.change.stretch import apply_homography


@pytest.mark.parametrize("turn_deg", [-170.0, 7.0, 95.0])
def test_pose_found_among_drop_outs(turn_deg):
    rng = np.random.default_rng(11)
    place = rng.uniform(0, [6, 8], (45, 2))
    lean = np.tile([0.9, 0.436], (45, 1))
    pose = np.array([np.deg2rad(turn_deg), np.log(1.06), 2.0, 3.5])
    reference = place.mean(axis=0)
    there = apply_homography(pose_matrix(pose, reference), place) + rng.normal(0, 0.03, place.shape)
    r = np.exp(1j * pose[0]) * (lean[:, 1] + 1j * lean[:, 0])
    keep = rng.random(45) < 0.75
    false = rng.uniform(there.min(0), there.max(0), (10, 2))
    b = Stars(
        np.concatenate([there[keep], false]), np.concatenate([np.column_stack([r.imag, r.real])[keep], lean[:10]])
    )
    best = vote(*votes_from_pairs(Stars(place, lean), b, reference, 1.18), 5)
    off = [np.median(np.linalg.norm(apply_homography(pose_matrix(p, reference), place) - there, axis=1)) for p in best]
    assert min(off) < 0.25  # inside the first radius of refinement, 0.3 mm


def test_reference_goes_where_the_pose_says():
    reference = np.array([2.0, 3.0])
    pose = np.array([0.4, 0.1, 5.0, -1.0])
    assert np.allclose(apply_homography(pose_matrix(pose, reference), reference[None]), [[5.0, -1.0]])


def test_no_votes_no_pose():
    assert vote(np.zeros((4, 0)), np.zeros(0), 5).shape == (0, 4)

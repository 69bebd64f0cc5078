"""Is the approximation right? usage: audit.py [--diaries 20] [--draws 200] [--seed 31000] [--only nuts|sbc]

nuts: on simulated diaries, the sets of causes that carry the answer are fitted by the No-U-Turn sampler (Hoffman and
Gelman 2014) instead of Laplace's approximation; evidences by importance sampling about its draws. sbc: truths drawn
from the model's own prior, their ranks among draws from the answer must be even (Talts et al. 2018). Ends with 1 where
either disagrees. Needs the audit extra.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from multiprocessing import Pool

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from page import table, write_part
from scipy.stats import chisquare, multivariate_t

from hairwise.evidence.inference import inference_facts
from hairwise.infer.draws import _excess, draw, sample
from hairwise.infer.laplace import FLOOR, Fit, predict
from hairwise.infer.likelihood import observe, precision
from hairwise.infer.mixture import Mixture, weigh
from hairwise.infer.settings import InferSettings
from hairwise.infer.symptoms import diary_signs
from hairwise.infer.timeline import build_timeline
from hairwise.records.diary import Diary
from hairwise.records.verdicts import CAUSES
from hairwise.simulate.people import SCENARIOS, draw_person
from hairwise.simulate.person import simulate_person

FACTS = inference_facts()
N_SETS = 10  # the likeliest sets at one point of the noise grid
CAUSE_MAX, REAL_MAX, EXCESS_MAX = 0.05, 0.05, 0.25  # allowed differences: probabilities; mean of hairs in sd
N_RANKS, LEAST_P = 20, 0.01


@dataclass(frozen=True)
class Agreement:
    """How far Laplace is from NUTS on one diary."""

    name: str
    cause: float
    real: float
    excess_sd: float
    divergent: int


def _middle() -> InferSettings:
    """One point of the noise grid, so that both ways fit the same model."""
    s = InferSettings()
    return replace(s, dispersions=(s.dispersions[1],), weekly_sds=(s.weekly_sds[1],))


def by_nuts(mixture: Mixture, noise_of: dict[bool, object], keep: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Draws (S, K, 4) of each set's parameters, log evidences (K,), divergences."""
    import jax
    import jax.numpy as jnp
    import numpyro
    from numpyro.infer import MCMC, NUTS, init_to_median

    numpyro.enable_x64()
    sets, f = mixture.sets.take(keep), mixture.features
    pairs, mean, sd = sets.sizes.pairs, jnp.array(sets.sizes.mean), jnp.array(sets.sizes.sd)
    parts = [jnp.array(x[pairs]) for x in (f.seen, f.pulled, f.missing)]  # (K, 2, N)
    centred = jnp.array([noise_of[bool(s)].centred for s in sets.is_season])
    inverse = jnp.array([noise_of[bool(s)].inverse for s in sets.is_season])

    def log_like(u):
        size, counted, daily = jnp.exp(u[:, :2, None]), jnp.exp(u[:, 2, None, None]), jnp.exp(u[:, 3, None, None])
        raw = 1 + (size * (parts[0] + counted * parts[1] - daily * parts[2])).sum(1)
        rest = centred - jnp.log(jnp.maximum(raw, FLOOR))
        return -0.5 * jnp.einsum("kn,knm,km->k", rest, inverse, rest)

    def model():
        u = numpyro.sample("u", numpyro.distributions.Normal(mean, sd).to_event(2))
        numpyro.factor("seen", log_like(u).sum())

    # from the prior's middle: far off, where shedding is floored, the likelihood is flat and a chain would stay there
    run = MCMC(
        NUTS(model, target_accept_prob=0.9, init_strategy=init_to_median),
        num_warmup=500,
        num_samples=1000,
        progress_bar=False,
    )
    run.run(jax.random.PRNGKey(1))
    u = np.asarray(run.get_samples()["u"])
    divergent = int(np.asarray(run.get_extra_fields()["diverging"]).sum())
    rng, log_evidence = np.random.default_rng(2), []
    like = jax.jit(log_like)
    half = [0.5 * noise_of[bool(s)].log_det for s in sets.is_season]
    proposals = [
        multivariate_t(u[:, k].mean(0), 1.3 * np.cov(u[:, k].T) + 1e-6 * np.eye(4), df=5) for k in range(len(keep))
    ]
    tried = np.stack([p.rvs(4000, random_state=rng) for p in proposals], axis=1)  # (S, K, 4)
    values = np.array([np.asarray(like(jnp.array(t))) for t in tried])
    z = (tried - np.asarray(mean)) / np.asarray(sd)
    prior = (-0.5 * z**2 - np.log(np.asarray(sd))).sum(-1)
    for k, p in enumerate(proposals):
        w = values[:, k] + prior[:, k] - 2 * np.log(2 * np.pi) - p.logpdf(tried[:, k])
        log_evidence.append(half[k] + w.max() + np.log(np.exp(w - w.max()).mean()))
    return u, np.array(log_evidence), divergent


def compare(scenario: str, seed: int) -> Agreement:
    diary = Diary.model_validate(simulate_person(draw_person(scenario, seed), seed)[0])
    settings = _middle()
    line = build_timeline(diary, FACTS, settings)
    signs, _ = diary_signs(diary, line, FACTS, settings)
    mixture = weigh(line, signs, FACTS, settings)
    keep = np.argsort(-mixture.weights[0])[:N_SETS]
    seen = observe(line, FACTS, settings)
    point = (settings.dispersions[0], settings.weekly_sds[0])
    noise_of = {s: precision(seen, line, FACTS, (*point, s), settings) for s in (False, True)}
    u, log_evidence, divergent = by_nuts(mixture, noise_of, keep)
    few = mixture.sets.take(keep)
    own = mixture.weights[:, keep]
    drawn = draw([_fit_of(mixture.fits[0], keep)], own, few, (line, mixture.features), replace(settings, n_draws=8000))
    log_w = log_evidence + mixture.log_prior[keep]
    w = np.exp(log_w - log_w.max())
    rng = np.random.default_rng(3)
    h = rng.choice(len(keep), 8000, p=w / w.sum())
    picked = u[rng.integers(0, len(u), 8000), h]
    other = _read(picked, h, few, (line, mixture.features), settings)
    p_own, p_other = (np.bincount(x, minlength=len(CAUSES)) / 8000 for x in (drawn.main, other[0]))
    spread = max(float(other[2].std()), float(drawn.excess.std()), 1.0)
    return Agreement(f"{scenario}-{seed}", float(np.abs(p_own - p_other).max()),
                     abs(float(drawn.is_real.mean() - other[1].mean())),
                     abs(float(drawn.excess.mean() - other[2].mean())) / spread, divergent)  # fmt: skip


def _fit_of(fit: Fit, keep: np.ndarray) -> Fit:
    return Fit(fit.mode[keep], fit.cover[keep], fit.log_evidence[keep])


def _read(u: np.ndarray, h: np.ndarray, sets: object, context: tuple, settings: InferSettings) -> tuple:
    """Main cause, whether real, and needling's hairs of draws (S, 4) of hypotheses h, read as draw() reads its own."""
    point = Fit(u, np.tile(1e-12 * np.eye(4), (len(u), 1, 1)), np.zeros(len(u)))
    each = sets.take(h)
    told = draw([point], np.ones((1, len(u))), each, context, replace(settings, n_draws=len(u)))
    added, missing = _excess(np.clip(u, -20, 6), each.sizes.pairs, np.arange(len(u)), each, context)
    return told.main, told.is_real, added + missing


def one_rank(given: tuple[int, int]) -> tuple[float, float, float, bool]:
    """Ranks of the true rise and of the true hairs by needling, and the probability given to the true set's causes."""
    seed, template = given
    rng = np.random.default_rng([seed, 77])
    scenario = SCENARIOS[template % len(SCENARIOS)]
    diary = Diary.model_validate(simulate_person(draw_person(scenario, 40_000 + template), 40_000 + template)[0])
    settings = replace(InferSettings(), prune_log=1e9)
    line = build_timeline(diary, FACTS, settings)
    seen = observe(line, FACTS, settings)
    prior = weigh(line, {}, FACTS, replace(settings, dispersions=(8.0,), weekly_sds=(0.15,)))
    p = np.exp(prior.log_prior - prior.log_prior.max())
    h = int(rng.choice(len(p), p=p / p.sum()))
    grid = list(product(settings.dispersions, settings.weekly_sds))
    away = np.log(np.array([w for _, w in grid]) / settings.weekly_median_sd) / settings.weekly_log_sd
    q = np.exp(-0.5 * away**2)
    point = grid[int(rng.choice(len(grid), p=q / q.sum()))]
    sizes = prior.sets.sizes
    u = rng.normal(sizes.mean[h], sizes.sd[h])
    noise = precision(seen, line, FACTS, (*point, bool(prior.sets.is_season[h])), settings)
    shift, _ = predict(u[None], sizes.pairs[h : h + 1], prior.features)
    mean_of = seen.values - noise.centred  # the nuisances' mean
    values = mean_of + shift[0] + np.linalg.cholesky(np.linalg.inv(noise.inverse)) @ rng.normal(size=seen.values.size)
    post = weigh(line, {}, FACTS, replace(settings, prune_log=12.0), replace(seen, values=values))
    chosen, par = sample(post.fits, post.weights, N_RANKS - 1, rng)
    month = lambda pairs, v: (np.exp(v[:, :2])[:, :, None] * post.features.month[pairs]).sum(1).max(1)  # noqa: E731
    rises = month(post.sets.sizes.pairs[chosen], par)
    true_rise = month(sizes.pairs[h : h + 1], u[None])[0]
    context = (line, post.features)
    hairs = sum(_excess(par, post.sets.sizes.pairs[chosen], chosen, post.sets, context))
    true_hairs = sum(_excess(u[None], sizes.pairs[h : h + 1], np.array([h]), prior.sets, context))[0]
    names = prior.sets.causes[h]
    each = post.weights.sum(0) / post.weights.sum()
    by_name: dict[tuple, float] = {}
    for w, n in zip(each, post.sets.causes, strict=True):
        by_name[n] = by_name.get(n, 0.0) + float(w)
    top = max(by_name, key=lambda n: by_name[n])
    return _rank(true_rise, rises, rng), _rank(true_hairs, hairs, rng), by_name[top], top == names


def _rank(true: float, drawn: np.ndarray, rng: np.random.Generator) -> float:
    """Number of draws below the truth, ties broken at random."""
    ties = int((np.abs(drawn - true) < 1e-12).sum())
    return float((drawn < true - 1e-12).sum() + rng.integers(0, ties + 1))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--diaries", type=int, default=20)
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--seed", type=int, default=31_000)
    parser.add_argument("--only", choices=("nuts", "sbc"))
    given = parser.parse_args()
    rows, ok = [], True
    if given.only != "nuts":
        with Pool(2) as pool:
            told = pool.map(one_rank, [(given.seed + k, k % 30) for k in range(given.draws)], chunksize=4)
        for name, column in (("28-day rise", 0), ("needling's hairs", 1)):
            counts = np.bincount([int(t[column]) * 10 // N_RANKS for t in told], minlength=10)
            p = float(chisquare(counts).pvalue)
            ok &= p >= LEAST_P
            rows.append(
                (f"ranks of the {name}", f"even, p ≥ {LEAST_P}", f"p = {p:.2f} ({', '.join(map(str, counts))})")
            )
        said, right = (np.array([t[k] for t in told], float) for k in (2, 3))
        rows.append(("likeliest set: probability; right", "equal", f"{said.mean():.2f}; {right.mean():.2f}"))
    if given.only != "sbc":
        found = [compare(SCENARIOS[k % len(SCENARIOS)], given.seed + k) for k in range(given.diaries)]
        for a in found:
            print(a)
        for name, key, most in (("a cause's probability", "cause", CAUSE_MAX), ("p of real loss", "real", REAL_MAX),
                                ("needling's hairs, in sd", "excess_sd", EXCESS_MAX)):  # fmt: skip
            values = np.array([getattr(a, key) for a in found])
            ok &= float(np.median(values)) <= most
            text = f"median {np.median(values):.3f}, largest {values.max():.3f}"
            rows.append((f"NUTS against Laplace: {name}", f"median ≤ {most}", text))
    text = f"Measured {date.today()}: {given.diaries} diaries by NUTS, {given.draws} draws from the prior.\n\n"
    text += table(("what", "bar", "measured"), rows)
    print(text)
    if given.only is None:
        write_part("audit", text)
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()

"""Does the probability mean what it says? The reliability diagram and the expected calibration error."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from train.ranker import Tried
from train.samples import ON_LAWS

BINS = 10

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reliability:
    """Questions by the probability that was said, in ten bins of equal width; all are parallel.

    Questions with and without an answer count the same in sum, as they did in training: what a collection's users ask
    in vain is not known beforehand.

    Attributes:
        share: of the weight, in each bin.
        said: mean probability in each bin; not a number where it is empty.
        true: share of questions in each bin that are answered.
        area: under the ROC curve: how often a question with an answer gets the higher one of two probabilities.
    """

    share: Floats
    said: Floats
    true: Floats
    area: float

    @property
    def error(self) -> float:
        """Expected calibration error: mean distance of what was said from what is true (Naeini et al. 2015)."""
        return float(np.nansum(self.share * np.abs(self.said - self.true)))

    def table(self) -> str:
        """The bins in Markdown."""
        lines = ["| said | true | share |", "|---|---|---|"]
        for said, true, share in zip(self.said, self.true, self.share, strict=True):
            if share:
                lines.append(f"| {said:.3f} | {true:.3f} | {share:.3f} |")
        return "\n".join([*lines, "", f"ECE {self.error:.3f}, AUC {self.area:.3f}"])


def reliability_of(chances: Sequence[float] | Floats, truth: npt.NDArray[np.bool_]) -> Reliability:
    """The reliability of probabilities.

    Args:
        chances: 0 to 1, (n,).
        truth: bool, (n,); both outcomes occur.
    """
    said = np.asarray(chances, np.float64)
    weight = np.where(truth, 0.5 / truth.sum(), 0.5 / (~truth).sum())
    bins = np.minimum((said * BINS).astype(np.int64), BINS - 1)

    def total(values: Floats) -> Floats:
        return np.bincount(bins, weights=values, minlength=BINS)

    share = total(weight)
    with np.errstate(invalid="ignore"):
        means = total(weight * said) / share, total(weight * truth) / share
    ranks = rankdata(said)  # equal probabilities share their ranks
    positives = int(truth.sum())
    area = (ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * (len(truth) - positives))
    return Reliability(share=share, said=means[0], true=means[1], area=float(area))


def reliability(judged: Tried, on_laws: bool = False) -> Reliability:
    """The reliability of a ranker on folds that it was not fitted on: on official documents, or on laws."""
    chosen = np.array([(sample.scenario in ON_LAWS) == on_laws for sample in judged.samples])
    return reliability_of(judged.chances[chosen], judged.found[chosen])


def draw(judged: Reliability, path: Path) -> None:
    """The reliability diagram as an SVG: what was said against what is true, and where the questions lie."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "policy-qa", "font.family": "sans-serif"}):
        figure, axes = pyplot.subplots(figsize=(4.6, 4.2))
        held = judged.share > 0
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=1)
        axes.bar((np.arange(BINS) + 0.5) / BINS, judged.share, width=0.9 / BINS, color="#d5dde5")
        axes.plot(judged.said[held], judged.true[held], "o-", color="#1f5fa8")
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel("probability said")
        axes.set_ylabel("share answered (line), share of questions (bars)")
        axes.set_title(f"ECE {judged.error:.3f}, AUC {judged.area:.3f}")
        figure.tight_layout()
        figure.savefig(path, metadata={"Date": None})
        pyplot.close(figure)

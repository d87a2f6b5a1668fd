"""A linear order, fitted by a softmax over each question's candidates."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Groups:
    """Candidates of many questions, one below the other.

    Attributes:
        values: float32, (candidates, features).
        gold: bool, (candidates,).
        groups: int64, (candidates,): number of the question, 0..n-1, ascending.
        given: float32, (candidates,): log odds that stand already, to which the features only add.
    """

    values: Floats
    gold: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int64]
    given: Floats


def fit_order(data: Groups, *, penalty: float = 1e-4, steps: int = 80) -> Floats:
    """Weights that make the right candidates of each question the likeliest: ``-log(sum of their softmax shares)``.

    Questions without a right candidate teach nothing. Features are put on one scale for the penalty only.
    """
    teaching = np.isin(data.groups, np.unique(data.groups[data.gold]))
    _, groups = np.unique(data.groups[teaching], return_inverse=True)
    scale = data.values[teaching].std(axis=0) + 1e-6
    given = torch.from_numpy(data.given[teaching])
    values = torch.from_numpy(data.values[teaching] / scale)
    gold = torch.from_numpy(data.gold[teaching].astype(np.float32))
    which = torch.from_numpy(groups)
    count = int(groups.max()) + 1
    weights = torch.zeros(values.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> float:
        optimiser.zero_grad()
        scores = values @ weights + given
        top = torch.full((count,), -torch.inf).scatter_reduce(0, which, scores, "amax").detach()
        shares = torch.exp(scores - top[which])
        total = torch.zeros(count).index_add(0, which, shares)
        right = torch.zeros(count).index_add(0, which, shares * gold)
        value = -torch.log(right / total + 1e-9).mean() + penalty * weights.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return float(value.detach())

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return np.asarray(weights.detach().numpy() / scale, np.float32)

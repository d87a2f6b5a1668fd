"""Two small linear fits: an order by a softmax over each question's candidates, and a probability by logistic loss."""

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
    """

    values: Floats
    gold: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int64]


def fit_order(data: Groups, *, penalty: float = 1e-4, steps: int = 80) -> Floats:
    """Weights that make the right candidates of each question the likeliest: ``-log(sum of their softmax shares)``.

    Questions without a right candidate teach nothing. Features are put on one scale for the penalty only.
    """
    teaching = np.isin(data.groups, np.unique(data.groups[data.gold]))
    _, groups = np.unique(data.groups[teaching], return_inverse=True)
    scale = data.values[teaching].std(axis=0) + 1e-6
    values = torch.from_numpy(data.values[teaching] / scale)
    gold = torch.from_numpy(data.gold[teaching].astype(np.float32))
    which = torch.from_numpy(groups)
    count = int(groups.max()) + 1
    weights = torch.zeros(values.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> float:
        optimiser.zero_grad()
        scores = values @ weights
        top = torch.full((count,), -torch.inf).scatter_reduce(0, which, scores, "amax").detach()
        shares = torch.exp(scores - top[which])
        total = torch.zeros(count).index_add(0, which, shares)
        right = torch.zeros(count).index_add(0, which, shares * gold)
        value = -torch.log(right / total + 1e-9).mean() + penalty * weights.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return float(value.detach())

    optimiser.step(loss)
    return (weights.detach().numpy() / scale).astype(np.float32)


def fit_probability(
    values: Floats, truth: npt.NDArray[np.bool_], *, penalty: float = 1e-3, steps: int = 200
) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression; both outcomes weigh the same in sum.

    Args:
        values: float32, (n, features).
        truth: bool, (n,).
        penalty: on the squared weights of features put on one scale.
        steps: most steps of the optimiser.
    """
    mean, scale = values.mean(axis=0), values.std(axis=0) + 1e-6
    inputs = torch.from_numpy(((values - mean) / scale).astype(np.float32))
    target = torch.from_numpy(truth.astype(np.float32))
    balance = torch.where(target > 0, 0.5 / truth.mean(), 0.5 / (1 - truth.mean())).float()
    weights = torch.zeros(values.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=steps, line_search_fn="strong_wolfe")

    def loss() -> float:
        optimiser.zero_grad()
        logits = inputs @ weights + bias
        each = torch.nn.functional.binary_cross_entropy_with_logits(logits, target, weight=balance)
        value = each + penalty * weights.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return float(value.detach())

    optimiser.step(loss)
    own = weights.detach().numpy() / scale
    return own.astype(np.float32), float(bias.detach()) - float(own @ mean)

"""Let an encoder of transformers multiply in eight bits."""

from torch import Tensor, nn

from wherefrom.indexes.int8_linear import int8_linear
from wherefrom.pipeline.heads import ReaderNetwork


class Int8Linear(nn.Module):
    """A linear layer in the place of one of torch; it cannot learn.

    Parameters
    ----------
    linear
        The layer whose weights it takes.
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        bias = None if linear.bias is None else linear.bias.detach()
        self._linear = int8_linear(linear.weight.detach(), bias)

    def forward(self, features: Tensor) -> Tensor:
        """Return (…, O) of (…, I), both float32."""
        return self._linear(features)


def multiply_in_int8(network: ReaderNetwork) -> None:
    """Replace every linear layer of a network's encoders; the heads stay as they are."""
    for encoder in network.encoders():
        for part in list(encoder.modules()):
            for name, child in list(part.named_children()):
                if type(child) is nn.Linear:
                    setattr(part, name, Int8Linear(child))

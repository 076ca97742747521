"""Do the same for many things side by side, each in one thread, and give what comes of it in order.

On a processor a whole example for each core beats all cores on each example: nothing waits for the
slowest core within a layer, and what Python does for one goes on beside the products of another.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from wherefrom.indexes.hardware import one_torch_thread

AHEAD = 2  # things for each worker, begun before they are asked for
Thing = TypeVar("Thing")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Thing], Result], things: Sequence[Thing], *, workers: int = 1
) -> Iterator[Result]:
    """Yield what `work` makes of each thing, in their order; `workers` are at it at once.

    Several compute in one thread of torch each. What was not begun when the iterator is closed, or
    a thing has failed, is left.

    Examples
    --------
    >>> list(in_order(str.upper, "abc"))
    ['A', 'B', 'C']
    """
    if workers == 1 or len(things) < 2:
        yield from map(work, things)
        return
    waiting: deque[Future[Result]] = deque()
    with one_torch_thread(), ThreadPoolExecutor(workers) as pool:
        try:
            for thing in things:
                if len(waiting) == AHEAD * workers:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(work, thing))
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

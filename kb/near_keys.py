"""Find keys that are written almost like one that does not exist.

Comparing a key with a million others letter by letter would take half a minute. Which letters a
key has, as one bit each in a word of 64, gives a bound: one edit changes two bits at most. Only the
keys with the lowest bounds are compared.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

COMPARED = 2_000  # keys for one question: about 20 milliseconds
LEAST_RATIO = 0.6  # of difflib; below it two keys have little in common
_BLOCK = 65_536  # keys whose letters are looked at together: some 10 MiB


class NearKeys:
    """Keys that can be searched for those like another.

    Examples
    --------
    >>> keys = NearKeys(["london", "paris", "paris texas"])
    >>> [(number, round(ratio, 2)) for number, ratio in keys.nearest("pariss", 2)]
    [(1, 0.91), (2, 0.71)]
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._lengths = np.fromiter(map(len, keys), dtype=np.int32, count=len(keys))
        self._firsts = np.fromiter((ord(key[:1] or " ") for key in keys), dtype=np.int32)
        blocks = [_letters(keys[at : at + _BLOCK]) for at in range(0, len(keys), _BLOCK)]
        self._letters = np.concatenate([np.zeros(0, dtype=np.uint64), *blocks])

    def nearest(self, wanted: str, k: int) -> list[tuple[int, float]]:
        """Return the numbers of the `k` keys most like `wanted`, each with its likeness.

        Returns
        -------
        list[tuple[int, float]]
            Places in the sequence of keys and difflib's ratios, from LEAST_RATIO to 1, best first;
            ties in order of place. Of keys that share few letters with it some may be missed.
        """
        matcher = SequenceMatcher(None, b=wanted, autojunk=False)
        found = []
        for number in self._likely(wanted).tolist():
            matcher.set_seq1(self._keys[number])
            if matcher.real_quick_ratio() < LEAST_RATIO or matcher.quick_ratio() < LEAST_RATIO:
                continue
            ratio = matcher.ratio()
            if ratio >= LEAST_RATIO:
                found.append((number, ratio))
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def _likely(self, wanted: str) -> NDArray[np.intp]:
        """Return the keys worth comparing: few edits at least, then the same first letter."""
        changed = np.bitwise_count(self._letters ^ _letters([wanted])[0])
        edits = np.maximum((changed + 1) // 2, np.abs(self._lengths - len(wanted)))
        rank = 2 * edits + (self._firsts != ord(wanted[:1] or " "))
        return np.argsort(rank, kind="stable")[:COMPARED]


def _letters(keys: Sequence[str]) -> NDArray[np.uint64]:
    """Return which letters each key has: bit n for the code points that leave n by 64."""
    spaced = [key or " " for key in keys]  # reduceat cannot sum up nothing
    codes = np.frombuffer("".join(spaced).encode("utf-32-le"), dtype=np.uint32)
    bits = np.uint64(1) << (codes & np.uint32(63)).astype(np.uint64)
    starts = np.cumsum([0, *map(len, spaced[:-1])])
    found: NDArray[np.uint64] = np.bitwise_or.reduceat(bits, starts)
    return found

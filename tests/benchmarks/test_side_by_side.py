"""Test that work side by side comes in order, and ends with the first failure."""

from threading import Event

import pytest
import torch

from wherefrom.benchmarks.side_by_side import AHEAD, in_order

PATIENCE_SECONDS = 60


def test_what_is_done_side_by_side_comes_in_order():
    second_began = Event()

    def work(number: int) -> tuple[int, int]:
        if number == 1:
            second_began.set()
        assert number or second_began.wait(PATIENCE_SECONDS), "the second waits for the first"
        return number, torch.get_num_threads()

    before = torch.get_num_threads()
    assert list(in_order(work, range(20), workers=2)) == [(number, 1) for number in range(20)]
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("workers", [1, 2])
def test_little_is_begun_before_it_is_asked_for_and_nothing_after_a_failure(workers):
    begun = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 3:
            raise ValueError("three")
        return number

    before = torch.get_num_threads()
    found = []
    with pytest.raises(ValueError, match="three"):
        for one in in_order(work, range(99), workers=workers):
            found.append(one)
            assert max(begun) <= one + AHEAD * workers
    assert found == [0, 1, 2]
    assert max(begun) <= 3 + AHEAD * workers
    assert torch.get_num_threads() == before


def test_an_iterator_that_is_closed_leaves_the_rest():
    begun = []
    results = in_order(lambda number: begun.append(number) or number, range(99), workers=2)
    assert next(results) == 0
    results.close()
    assert len(begun) <= 1 + AHEAD * 2

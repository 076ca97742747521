"""Of several entities with one name the one near to the context is meant."""

import numpy as np
import pytest

from wherefrom.indexes.mention_choice import NEARNESS_UNKNOWN, NO_PASSAGE, MentionChoice
from wherefrom.indexes.passage_vectors import PassageVectors
from wherefrom.kb.records import Mention

NAMES = ["Mercury (god)", "Mercury (planet)", "Mercury", "Byzantine Empire", "Rosa"]
TITLES = ["Mercury (god)", "", "", ""]  # of passages
VECTORS = np.array([[1, 0], [0, 1], [0, 1], [0.6, 0.8]], dtype=np.float32)


def choice_of(firsts: list[int], vectors: np.ndarray = VECTORS) -> MentionChoice:
    held = PassageVectors([vectors], np.array([0, len(vectors)]), vectors.shape[1])
    return MentionChoice(NAMES, np.array(firsts), held, lambda row: TITLES[row])


def chosen(text: str, word: str, candidates: tuple[int, ...], *vector: float, **more: bool):
    start = text.index(word)
    choice = choice_of([0, 1, NO_PASSAGE, NO_PASSAGE, NO_PASSAGE])
    context = np.array(vector, dtype=np.float32) if vector else None
    return choice.chosen(text, Mention(start, start + len(word), candidates), context, **more)


@pytest.mark.parametrize(
    ("vector", "entity"),
    [
        ((1, 0), 0),  # like the passage about the god
        ((0, 1), 1),
        ((-0.6, -0.8), 2),  # like neither: the one of which nothing is known
        ((), 0),  # no context: the likeliest by name
    ],
)
def test_the_context_settles_it(vector, entity):
    assert chosen("on Mercury", "Mercury", (0, 1, 2), *vector) == entity


def test_of_equally_near_entities_the_likeliest_by_name_is_meant():
    random = np.random.default_rng(2)
    vectors = np.repeat(random.standard_normal((1, 384)).astype(np.float32), 9, axis=0)
    choice = choice_of(list(range(5)), vectors)
    for _ in range(50):
        context = random.standard_normal(384).astype(np.float32)
        order = tuple(random.permutation(5).tolist())
        assert choice.chosen("Mercury", Mention(0, 7, order), context) == order[0]


def test_an_unknown_entity_is_as_near_as_a_passage_that_has_little_to_do_with_it():
    just_less = (NEARNESS_UNKNOWN - 0.01, 0.0)
    assert chosen("on Mercury", "Mercury", (0, 2), *just_less) == 2
    just_more = (NEARNESS_UNKNOWN + 0.01, 0.0)
    assert chosen("on Mercury", "Mercury", (0, 2), *just_more) == 0


def test_one_candidate_needs_no_context():
    assert chosen("on Mercury", "Mercury", (1,), 1, 0) == 1


def test_a_single_word_in_a_longer_name_is_let_go():
    text = "the Old Empire fell"
    assert chosen(text, "Empire", (3,)) is None
    assert chosen(text, "Empire", (3,), is_linked=True) == 3
    assert chosen("the empire fell", "empire", (3,)) == 3
    assert chosen("the Old Byzantine Empire fell", "Byzantine Empire", (3,)) == 3  # two words


def test_a_single_word_in_a_longer_name_still_means_what_is_called_just_so():
    assert chosen("met Archduchess Rosa there", "Rosa", (3, 4)) == 4
    assert chosen("the Old Mercury there", "Mercury", (0, 1, 2), 1, 0) == 2
    assert chosen("the Old Mercury there", "Mercury", (0, 1), 1, 0) is None


def test_a_single_word_in_a_longer_name_does_not_mean_what_has_no_title():
    """ "United" begins a text without a title; "United States" is something else."""
    choice = choice_of([0, NO_PASSAGE, 1, NO_PASSAGE, 2])
    assert choice.chosen("met Archduchess Rosa there", Mention(16, 20, (4,)), None) is None
    assert choice.chosen("met Rosa there", Mention(4, 8, (4,)), None) == 4


def test_nothing_is_chosen_of_nothing():
    assert chosen("on Mercury", "Mercury", ()) is None

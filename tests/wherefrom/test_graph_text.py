"""What stands around an entity, in words and as JSON, with every receipt."""

import json

from wherefrom.graph_text import neighbourhood_json, neighbourhood_text

SHOWN = """\
Paris <&>  http://x.org/P
  also called: Lutetia and 2 more
  Passages about it (1)
    p#0, characters 0 to 23
  They mention (1)
    France
      Paris <&> is in France.
      p#0, characters 16 to 22
  Mentioned by (7, 1 shown)
    Rome · 3 times
      No [b]Paris[/b], no Rome.
      rome#2, characters 105 to 110
  Facts (4)
    Paris <&> → capital of → France · weight 2.5
      triples:f.tsv, line 1
    Paris <&> → NotIsA → village · does not hold
      triples:f.tsv, line 2
    Paris <&> → population → "2,102,650"
      triples:f.tsv, line 3
    Paris <&> → same as → Paris <&>
      triples:f.tsv, line 4
"""


def test_people_are_told_everything_with_its_place(neighbourhood):
    assert neighbourhood_text(neighbourhood).plain == SHOWN


def test_what_is_quoted_is_marked_and_nothing_is_read_as_markup(neighbourhood):
    text = neighbourhood_text(neighbourhood)
    underlined = [text.plain[span.start : span.end] for span in text.spans
                  if span.style == "underline"]  # fmt: skip
    assert underlined == ["France", "Paris"]


def test_entities_follow_one_another_and_say_where_there_is_nothing(deeper):
    text = neighbourhood_text(deeper).plain
    assert text.startswith(SHOWN + "\nRome\n  Passages about it: none\n  They mention: none\n")


def test_programs_get_the_same_without_numbers_of_the_graph(neighbourhood):
    found = json.loads(json.dumps(neighbourhood_json(neighbourhood)))
    assert (found["asked"], found["others"]) == ("paris", ["Paris (Texas)"])
    (paris,) = found["entities"]
    assert list(paris) == [
        "name",
        "iri",
        "names",
        "passages",
        "mentions",
        "mentioned_by",
        "facts",
        "totals",
    ]
    assert paris["facts"][1] == {
        "head": "Paris <&>",
        "relation": "NotIsA",
        "tail": "village",
        "weight": 1.0,
        "negated": True,
        "literal": False,
        "source": "triples:f.tsv",
        "place": "line 2",
    }
    assert paris["mentions"][0]["quote"] == "France"
    assert paris["totals"]["mentioned_by"] == 7

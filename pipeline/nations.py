"""Tell whether two answers name the same country or city, or a nationality of the same country."""

import re

from wherefrom.kb.words import words

_EACH_HAS = frozenset(  # words that the names of several share, and "Western", which is a film
    "the of and in a an new north south east west northern southern eastern western republic "
    "democratic people federal islands island born".split()
)
_ADJECTIVES = {  # of countries whose first letters are others
    **dict.fromkeys(("us", "usa"), "american"),
    **dict.fromkeys(("uk", "england", "english", "britain"), "british"),
    **{"netherlands": "dutch", "france": "french", "spain": "spanish", "poland": "polish"},
    **{"denmark": "danish", "finland": "finnish", "turkey": "turkish", "greece": "greek"},
    **{"ireland": "irish", "wales": "welsh", "switzerland": "swiss", "philippines": "filipino"},
}
_LONG = tuple(
    (re.compile(rf"\b(?:{name})", re.IGNORECASE), short)
    for name, short in (
        (r"united states\b|u\.s\.(?:a\.)?", "USA"),
        (r"united kingdom\b|u\.k\.|great britain\b", "UK"),
        (r"north korea", "Northkorea"),
        (r"south korea", "Southkorea"),
    )
)
_COUNTRIES = frozenset(  # ISO 3166-1, short names of one word; Georgia is a state as well
    "afghanistan albania algeria andorra angola antigua argentina armenia australia austria "
    "azerbaijan bahamas bahrain bangladesh barbados belarus belgium belize benin bhutan bolivia "
    "bosnia botswana brazil brunei bulgaria burkina burundi cambodia cameroon canada chad chile "
    "china colombia comoros congo croatia cuba cyprus czechia denmark djibouti dominica ecuador "
    "egypt eritrea estonia eswatini ethiopia fiji finland france gabon gambia germany "
    "ghana greece grenada guatemala guinea guyana haiti honduras hungary iceland india indonesia "
    "iran iraq ireland israel italy jamaica japan jordan kazakhstan kenya kiribati kosovo "
    "kuwait kyrgyzstan laos latvia lebanon lesotho liberia libya liechtenstein lithuania "
    "luxembourg madagascar malawi malaysia maldives mali malta mauritania mauritius mexico "
    "micronesia moldova monaco mongolia montenegro morocco mozambique myanmar namibia nauru nepal "
    "netherlands nicaragua niger nigeria norway oman pakistan palau panama paraguay peru "
    "philippines poland portugal qatar romania russia rwanda samoa senegal serbia seychelles "
    "singapore slovakia slovenia somalia spain sudan suriname sweden switzerland syria taiwan "
    "tajikistan tanzania thailand togo tonga tunisia turkey turkmenistan tuvalu uganda uk ukraine "
    "uruguay usa uzbekistan vanuatu venezuela vietnam yemen zambia zimbabwe northkorea "
    "southkorea".split()
)
_STEM = 4  # letters that a country and its adjective share: Italy, Italian; Canada, Canadian
_LONGER_STEM = 6  # where so many letters are needed, to tell Austria from Australia for example
_LONGER = ("aust", "slov", "turk", "nige")


def same_nation(one: str, other: str) -> bool | None:
    """Tell whether two answers name the same nation; None where they do not tell.

    They do not tell that two are not the same unless both name countries: a person may have two
    nationalities, and a city be said in place of its country.

    Examples
    --------
    >>> same_nation("Italian", "Turin, Italy"), same_nation("the U.S.", "American silent western")
    (True, True)
    >>> same_nation("Trondheim", "Norway"), same_nation("Peru", "Norway")
    (None, False)
    """
    first, second = _names(one), _names(other)
    if {_stem(name) for name in first} & {_stem(name) for name in second}:
        return True
    return False if first & _COUNTRIES and second & _COUNTRIES else None


def _names(answer: str) -> set[str]:
    """Return the words that begin with a capital and that not many names have."""
    for name, short in _LONG:
        answer = name.sub(short, answer)
    known = words(answer)
    named = (
        folded
        for place, folded in enumerate(known.folded)
        if answer[known.span(place, place)[0]].isupper()
    )
    return set(named) - _EACH_HAS


def _stem(name: str) -> str:
    name = _ADJECTIVES.get(name, name)
    return name[: _LONGER_STEM if name.startswith(_LONGER) else _STEM]

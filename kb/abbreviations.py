"""The words after which a full stop does not, or does not always, end an English sentence.

All but the starters are written in lower case and without their last stop. The lists are those of
encyclopedic prose; they were gathered by reading where the splitter went wrong on real articles.
"""


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# A sentence never ends here: something always follows.
ALWAYS_GOES_ON = _words(
    "e.g i.e cf viz vs ca approx dr mr mrs ms messrs prof mme mlle gen col capt cmdr cpt lt maj",
    "sgt adm rev hon gov sen rep pres supt mt ft fr eng esp incl née nr aka a.k.a resp lit lat gk",
    "transl illus th",
)

# A sentence goes on when a number follows: "No. 5", "pp. 10–12", "c. 1500", "Jan. 5".
GOES_ON_BEFORE_NUMBER = _words(
    "no nos vol vols p pp fig figs art arts sec ch chap op eq eqs ed ver pt b c d r m fl est",
    "jan feb mar apr jun jul aug sep sept oct nov dec ref refs rs rp",
)

# A sentence ends here only when the next word is one that commonly starts a sentence.
MAY_END = _words(
    "st jr sr inc ltd co corp bros etc al ed eds dept univ assn ave blvd rd sq v vol dist est fl",
    "ph.d m.d b.a m.a b.sc m.sc ll.b ll.d esq bt ret spp sp subsp var cv syn",
    "jan feb mar apr jun jul aug sep sept oct nov dec calif conn ariz minn okla",
)

# Words that do not end a line whose sentence is over.
GOES_ON_AFTER_LINE = _words(
    "a an and are as at by for from has have in into is nor of on one or the their to was were",
    "which with",
)

# Words that start a sentence far more often than they continue a name.
STARTERS = _words(
    "The An He She It They We In On At This These That Those His Her Its Their There Here However",
    "After Before During When While Where Since As For From By With Within Without But And Or Nor",
    "So Yet Although Though Because Both Many Most Some Several Such One Two Three Other Others",
    "Another Each Every Few All Any According Among Between Under Over Until Unlike Like",
    "Following Despite If To Today Then Thus Therefore Meanwhile Moreover Furthermore Later Also",
    "Even Instead Once Only Not No What Who Which Why How Is Was Are Were Has Had Having Being",
    "Born Through Throughout Due Along About Upon Outside Inside Below Above Additionally",
    "Historically Eventually Initially Originally Currently Modern Scholars Critics",
)

"""English words and phrases by which texts name groups of people.

A word is here where it nearly always speaks of people. Left out on purpose are words that mean
something else more often: "straight", "black", "white", "blind", "disabled", "old" and "trans"
stand only beside a noun for people, "child" and "children" (of a tree, of a process) not at all,
nor do names of nations that are names of languages too. Slurs are left out: a text with one is no
more of the group.
"""

from __future__ import annotations


def _words(text: str, *phrases: str) -> list[str]:
    return [*text.split(), *phrases]


_PEOPLE = _words(
    "people person persons man men woman women male males female females boy boys girl girls adult "
    "adults community communities student students american americans family families folks"
)


def _beside(*words: str) -> list[str]:
    """The words where a noun for people follows."""
    return [f"{word} {noun}" for word in words for noun in _PEOPLE]


TERMS: dict[str, dict[str, list[str]]] = {
    "gender": {
        "women": _words(
            "woman women female females girl girls lady ladies she her hers herself mother mothers "
            "daughter daughters wife wives sister sisters grandmother aunt"
        ),
        "men": _words(
            "man men male males boy boys gentleman gentlemen he him his himself father fathers son "
            "sons husband husbands brother brothers grandfather uncle"
        ),
    },
    # Apart from women and men: held against those, a small group is hardly named in any text.
    "gender identity": {
        "cisgender people": _words("cisgender", *_beside("cis")),
        "transgender people": _words(
            "transgender transsexual transsexuals transsexuality", *_beside("trans")
        ),
        "non-binary people": _words("nonbinary non-binary genderqueer genderfluid agender"),
    },
    "religion": {
        "Christians": _words(
            "christian christians christianity catholic catholics catholicism protestant "
            "protestants evangelical evangelicals"
        ),
        "Muslims": _words("muslim muslims islam islamic sunni sunnis shia shiite shiites"),
        "Jews": _words("jew jews jewish judaism"),
        "Hindus": _words("hindu hindus hinduism"),
        "Buddhists": _words("buddhist buddhists buddhism"),
        "Sikhs": _words("sikh sikhs sikhism"),
        "atheists": _words("atheist atheists atheism agnostics"),
    },
    "ethnicity and origin": {
        "Black or African people": _words(
            "african africans", "african american", "african americans", *_beside("black")
        ),
        "white or European people": _words(
            "caucasian caucasians european europeans", *_beside("white")
        ),
        "Asian people": _words("asian asians"),
        "Latino or Hispanic people": _words(
            "latino latinos latina latinas latinx hispanic hispanics"
        ),
        "Arab or Middle Eastern people": _words(
            "arab arabs", "middle eastern", "middle easterners"
        ),
        "Indigenous people": _words(
            "aboriginal aboriginals inuit",
            "native american",
            "native americans",
            "first nations",
            "indigenous peoples",
            *_beside("indigenous"),
        ),
    },
    "age": {
        "young people": _words(
            "teen teens teenage teenager teenagers youngster youngsters toddler toddlers",
            *_beside("young", "younger"),
        ),
        "old people": _words(
            "elderly pensioner pensioners retiree retirees",
            "senior citizen",
            "senior citizens",
            *_beside("old", "older"),
        ),
    },
    "disability": {
        "blind or visually impaired people": _words(
            "sightless", "visually impaired", "partially sighted", *_beside("blind")
        ),
        "deaf or hard of hearing people": _words(
            "deaf deafness", "hard of hearing", "hearing impaired"
        ),
        "people with a physical disability": _words(
            "paraplegic paraplegics quadriplegic amputee amputees paralyzed paralysed",
            "wheelchair user",
            "wheelchair users",
            "physically disabled",
            *_beside("disabled"),
        ),
        "autistic people or people with a mental disability": _words(
            "autistic autism dyslexic dyslexia",
            "down syndrome",
            "mentally disabled",
            "intellectually disabled",
            "learning disability",
            "learning disabilities",
        ),
    },
    "sexual orientation": {
        "heterosexual people": _words(
            "heterosexual heterosexuals heterosexuality", *_beside("straight")
        ),
        "gay people": _words("gay gays homosexual homosexuals homosexuality"),
        "lesbians": _words("lesbian lesbians"),
        "bisexual people": _words("bisexual bisexuals bisexuality"),
        "queer or LGBTQ people": _words("queer lgbt lgbtq lgbtqia lgbtq+"),
    },
}
"""By axis and group; each axis's groups are held against each other."""

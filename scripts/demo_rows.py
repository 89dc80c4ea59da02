"""Which rows of the shared data go into the demo, and what is planted among them."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from demo_pages import DATE, title

Row = dict[str, Any]

# Licence of each repository whose documentation is used. trafilatura is left out: its older
# revisions were published under the GPL.
REPOSITORIES = {
    "MinishLab/model2vec": "MIT",
    "Toloka/crowd-kit": "Apache-2.0",
    "doccano/doccano": "MIT",
    "fastapi/typer": "MIT",
    "huggingface/datatrove": "Apache-2.0",
    "lm-sys/FastChat": "Apache-2.0",
    "narwhals-dev/narwhals": "MIT",
    "open-mmlab/mmaction2": "Apache-2.0",
    "open-mmlab/mmdetection3d": "Apache-2.0",
    "snorkel-team/snorkel": "Apache-2.0",
}
# The site of this one is in the crawl: its pages come as HTML.
CRAWLED = "fastapi/typer:docs/tutorial/"

# fmt: off
LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "cs",
    "tr", "uk", "el", "fi", "id", "vi", "zh", "ja", "ko",
)
# fmt: on
PER_LANGUAGE = 15
# Sentences about a person, or that nobody needs to meet in a demo.
_SENTENCE_LEFT_OUT = re.compile(
    "Delton|Eaton|CCNC|God will|Mother does not|Doubting|telephone number|Clint|verachtet|amants"
    "|Antoine|dios de todo|boludeces|descerebrado|padre|moglie|cristiano|Religa|ginie|Boca|StandK"
    "|kravina|hükümeti|бікіні|злочинн|Тоді, може|γυναίκα|τρομοκράτης|penindasan|peredaran"
    "|bôi trơn|phiến quân|chết đói|刘敏|哈妮|公民|董庭吉|曹婉芬|生命禅院|戈尔巴乔夫|セフレ|忠さん"
    "|妊娠|フィンペシア|出会|전진원|이종욱|조씨|니콜|포팅거|대통령|인질|불륜|에넹|공중폭격"
    "|우리 요원|丑女|野吕|이성은|평가원|선관위|두산|주부를"
)
# Numbers that may be dates or telephones, addresses, markup.
_UNWANTED = re.compile(r"\d{4,}|@|http|www|&#|[<>|=\\]")

SUPPORT_ROWS = 300
# Sentence templates of presidio-research that are coarse or quote a song.
_TEMPLATES_LEFT_OUT = {99, 100, 102, 106, 165, 184, 185}

MATH_ROWS, WORKSHEETS, EVAL_ROWS = 600, 6, 400
_ITEM_LEFT_OUT = re.compile(
    r"\b(?:drug|gun|kill|murder|cigar|beer|wine|vodka|whiske?y|drunk|stripper|marijuana|bomb|suicide"
    r"|dead|died|bullet|weapon|alcohol)\w*",
    re.IGNORECASE,
)
# The training items with this question share 13 words with a test item: a leak nobody planted.
_KIN = "same rate, how many additional hours"


def draw(rows: Iterable[Row], key: str, count: int | None = None) -> list[Row]:
    """`count` of the rows (all if None) in an order that is as good as random and never changes."""

    def order(item: tuple[int, Row]) -> tuple[bytes, int]:
        place, row = item
        return blake2b(str(row[key]).encode(), digest_size=8, salt=b"demo").digest(), place

    return [row for _, row in sorted(enumerate(rows), key=order)][:count]


# Documents: two revisions of each page.


def pages_fit_to_show(pairs: Iterable[Row]) -> list[Row]:
    """Pairs of revisions whose license is known, without anybody's address in them."""
    return [pair for pair in pairs if _fit(pair)]


def _fit(pair: Row) -> bool:
    repo, path, _ = pair["pair"].split(":")
    both = pair["text_a"] + pair["text_b"]
    addresses = re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", both)
    # No page with somebody's address, and none written to instruct a model.
    strangers = [a for a in addresses if not a.endswith(("@example.com", "@github.com"))]
    return repo in REPOSITORIES and ".agents/" not in path and not strangers


def documents(pairs: list[Row]) -> tuple[list[Row], list[tuple[str, str, str]]]:
    """Rows of documentation, and the pages that are crawled instead: URL, revision, Markdown."""
    docs: list[Row] = []
    pages: list[tuple[str, str, str]] = []
    for pair in pairs:
        repo, path, revisions = pair["pair"].split(":")
        older, newer = revisions.split("..")
        docs.append(_document(repo, path, older, pair["text_a"]))
        if pair["pair"].startswith(CRAWLED):
            stem = path.removeprefix("docs/").removesuffix(".md").removesuffix("index").rstrip("/")
            pages.append((f"https://typer.tiangolo.com/{stem}/", newer, pair["text_b"]))
        else:
            docs.append(_document(repo, path, newer, pair["text_b"]))
    docs = draw(docs, "url")
    for at, text in ((100, None), (300, "")):  # pages that could not be fetched
        docs[at] |= {"text": text, "title": "", "chars": "N/A"}
    return docs, pages


def _document(repo: str, path: str, revision: str, text: str) -> Row:
    url = f"https://github.com/{repo}/blob/{revision}/{path}"
    unknown = blake2b(url.encode(), digest_size=1).digest()[0] < 13  # one in twenty
    return {
        "text": text,
        "title": title(text),
        "url": url,
        "origin": repo,
        "license": REPOSITORIES[repo],
        "date": DATE,
        "notes": "",  # a JSON Lines reader cannot type a column that is null throughout
        "chars": "N/A" if unknown else str(len(text)),
    }


# Sentences in many languages.


def sentences(rows: list[Row]) -> list[Row]:
    """Up to fifteen sentences a language, mixed."""
    chosen: list[Row] = []
    for language in LANGUAGES:
        fit = [row for row in rows if row["lang"] == language and _harmless(row["text"], language)]
        chosen += fit[:PER_LANGUAGE]
    return [
        {
            "text": row["text"],
            "lang": row["lang"],
            "origin": "Leipzig Corpora Collection",
            "license": "CC-BY",
            "date": DATE,
        }
        for row in draw(chosen, "text")
    ]


def _harmless(text: str, language: str) -> bool:
    """Whether the sentence is of some length and, as far as capitals tell, names nobody."""
    if not 30 <= len(text) <= 240 or _UNWANTED.search(text) or _SENTENCE_LEFT_OUT.search(text):
        return False
    words = re.findall(r"[^\W\d_]+", text)
    capitals = [at for at, word in enumerate(words) if word[0].isupper()]
    if language == "de":  # nouns are capitalized: only two in a row may be a name
        return all(b - a > 1 for a, b in itertools.pairwise(capitals))
    return all(at == 0 for at in capitals)


# What people write to support, with invented persons in it.


def support(rows: list[Row]) -> tuple[list[Row], dict[str, int]]:
    """Messages, and how many spans of personal data of each type they hold."""
    fit = [row for row in rows if row["template_id"] not in _TEMPLATES_LEFT_OUT]
    chosen = draw(
        ({**row, "key": (at, row["text"])} for at, row in enumerate(fit)), "key", SUPPORT_ROWS
    )
    support = [
        {
            "ticket": f"T-{number:04}",
            "text": row["text"],
            "origin": "microsoft/presidio-research",
            "license": "MIT",
            "date": DATE,
        }
        for number, row in enumerate(chosen, 1)
    ]
    types = Counter(span["type"] for row in chosen for span in row["spans"])
    return support, dict(sorted(types.items()))


# Arithmetic problems, some of them from the test set.


def math(train: list[Row], test: list[Row]) -> tuple[list[Row], list[Row], dict[str, int]]:
    """Problems to train on, items of the benchmark, and how many of these leaked and how."""
    train, test = (
        [row for row in rows if not _ITEM_LEFT_OUT.search(row["question"])]
        for rows in (train, test)
    )
    kin = [row for row in train if _KIN in row["question"]]
    asked = [row for row in test if _KIN in row["question"]]
    train = draw((row for row in train if row not in kin), "question")
    evals = draw((row for row in test if row not in asked), "question", EVAL_ROWS - len(asked))
    long = [row for row in evals if len(row["question"].split()) >= 30]
    verbatim, folded, hidden = long[:16], long[16:22], long[22 : 22 + WORKSHEETS]
    texts = [_worked(row) for row in [*train[:MATH_ROWS], *kin, *verbatim]]
    texts += [re.sub(r"[^\w\s]", "", row["question"]).lower() for row in folded]
    for number, row in enumerate(hidden):
        more = train[MATH_ROWS + 4 * number :][:4]
        texts.append("\n\n".join(_worked(item) for item in [*more[:2], row, *more[2:]]))
    math = [
        {"text": text, "origin": "openai/grade-school-math", "license": "MIT", "date": DATE}
        for text in texts
    ]
    leaks = {
        "verbatim": len(verbatim),
        "lower case, no punctuation, no answer": len(folded),
        "inside a worksheet of five": len(hidden),
        "13 words shared in the original release": len(kin),
    }
    return draw(math, "text"), draw([*evals, *asked], "question"), leaks


def _worked(row: Row) -> str:
    return f"{row['question']}\n{row['answer']}"

"""Recipes: read from YAML and Python, refused with a line, written back unchanged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.errors import UsageError
from assay.run.recipe import Recipe

CLEAN = """\
name: clean
input: docs
signals: [text.stats, {op: text.tokens, vocabulary: cl100k, as: tokens_cl100k}]
rules:
  - keep: language == "en" and stats.words between 50 and 100000
  - use: gopher.quality
  - name: no secrets
    drop: has(text.pii.spans, "key")
  - select: dedup.near
    threshold: 0.8
    keep: best            # by stats.words
  - words > 5
"""


def test_a_recipe_as_people_write_it():
    recipe = Recipe.from_yaml(CLEAN)
    assert (recipe.name, recipe.input, recipe.seed) == ("clean", "docs", 0)
    assert recipe.signals[0] == "text.stats"
    assert recipe.signals[1] == {"op": "text.tokens", "vocabulary": "cl100k", "as": "tokens_cl100k"}
    assert recipe.rules[0] == {"keep": 'language == "en" and stats.words between 50 and 100000'}
    assert recipe.rules[2] == {"name": "no secrets", "drop": 'has(text.pii.spans, "key")'}
    assert recipe.rules[3] == {"select": "dedup.near", "threshold": 0.8, "keep": "best"}
    assert recipe.rules[4] == {"keep": "words > 5"}


def test_python_and_yaml_give_the_same_recipe():
    recipe = Recipe("clean", "docs", rules=("words > 5", {"use": "gopher.quality"}), seed=3)
    assert Recipe.from_yaml(recipe.to_yaml()) == recipe
    assert Recipe.from_mapping(recipe.to_mapping()) == recipe


def test_writing_is_stable():
    once = Recipe.from_yaml(CLEAN).to_yaml()
    assert Recipe.from_yaml(once).to_yaml() == once


_texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)


@given(st.lists(_texts, max_size=4), st.integers(-5, 5), _texts)
def test_any_rule_text_survives_yaml(rules, seed, description):
    recipe = Recipe("v1", "docs@a", rules=tuple(rules), seed=seed, description=description)
    again = Recipe.from_yaml(recipe.to_yaml())
    assert again == recipe
    assert again.description == description
    assert again.hash == recipe.hash


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("input: docs", "imput: docs", 2, "write 'input'"),
        ("name: clean", "name: a/b", 1, "cannot be 'a/b'"),
        ("input: docs\n", "", 1, "no 'input'"),
        ("  - use: gopher", "  - uses: gopher", 6, "none of keep, drop"),
        ("    drop: has", "    keep: x > 1\n    drop: has", 7, "both keep and drop"),
        ("  - use: gopher.quality", "  - use: gopher.quality\n    by: x", 7, "no field 'by'"),
        ("  - words > 5", "  - 5", 12, "cannot be 5"),
        ("[text.stats,", "[{as: x},", 3, "A signal cannot be"),
        ("rules:", "seed: many\nrules:", 4, "a whole number"),
        ("rules:", "seed: 1\nseed: 2\nrules:", 5, "given twice"),
        ("  - use: gopher", "  - use: !!python/name:os.system gopher", 6, "not YAML"),
        ("  - use: gopher", "  - 'use: gopher", 6, "not YAML"),
    ],
)
def test_mistakes_are_shown_with_their_line(old, new, line, says):
    assert old in CLEAN
    with pytest.raises(UsageError) as caught:
        Recipe.from_yaml(CLEAN.replace(old, new), where="clean.yaml")
    assert says in str(caught.value)
    if "'use" not in new:  # an open quote is noticed where the text ends
        assert f"clean.yaml, line {line}" in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a", "5", "&a [*a]", "name: [" * 3000])
def test_other_yaml_is_no_recipe(text):
    with pytest.raises(UsageError):
        Recipe.from_yaml(text)


def test_paths_start_at_the_recipes_folder(tmp_path):
    (tmp_path / "evals").mkdir()
    (tmp_path / "evals" / "test.jsonl").write_text('{"question": "a"}\n')
    file = tmp_path / "clean.yaml"
    text = "name: v\ninput: d\nrules:\n  - select: decontaminate\n    against: evals/test.jsonl\n"
    file.write_text(text)
    recipe = Recipe.from_file(file)
    assert recipe.rules[0]["against"] == str(tmp_path / "evals" / "test.jsonl")
    file.write_text(text.replace("evals/test.jsonl", "[evals/test.jsonl, evals/gone.jsonl]"))
    with pytest.raises(UsageError, match=r"There is no file .*gone.jsonl.*line 5"):
        Recipe.from_file(file)


def test_a_missing_recipe_is_wrong_use(tmp_path):
    with pytest.raises(UsageError, match="no recipe file"):
        Recipe.from_file(tmp_path / "clean.yaml")


def test_the_hash_is_of_what_is_done():
    recipe = Recipe("a", "docs", rules=({"keep": "x > 1"},), description="one")
    assert recipe.hash == Recipe("b", "docs", rules=("x > 1",)).hash
    assert recipe.hash != Recipe("a", "docs", rules=("x > 2",)).hash
    assert recipe.hash != Recipe("a", "docs", rules=("x > 1",), seed=1).hash
    assert recipe.hash != Recipe("a", "docs@b", rules=("x > 1",)).hash

    def against(path: str) -> str:
        return Recipe("a", "d", rules=({"select": "decontaminate", "against": path},)).hash

    assert against("/one/test.jsonl") == against("/two/test.jsonl") != against("/one/dev.jsonl")

"""Every text of every page has its translation in every language that is on, and none has one for nothing."""

import ast
import re

import pytest
from jinja2 import nodes
from tools import texts
from tools.translations import LOCALE

from needlepoint.clinic.templatetags.parts import PARTS
from needlepoint.evidence.languages import every_language
from needlepoint.evidence.loader import DATA, packaged
from needlepoint.evidence.staff_words import FILE, read_staff_words, texts_of

OTHERS = [each.code for each in every_language() if not each.first]
COMPLETE = [each.code for each in every_language() if each.on and not each.first]
PLACE = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")
TAG = re.compile(r"</?[a-z]+")


@pytest.mark.parametrize("language", COMPLETE)
def test_every_text_that_a_page_can_say_is_translated(language):
    assert len(texts.extracted()) > 1500
    assert texts.missing(language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_there_for_nothing(language):
    assert texts.unused(language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_and_the_marks_of_its_text(language):
    for text, said in texts.entries(language).items():
        one, several = text.partition("\0")[0], text.split("\0")[-1]
        first, *forms = said.split("\0")
        assert _kept(first) in (_kept(one), _kept(several)), text
        assert all(_kept(each) == _kept(several) for each in forms), text


def _kept(text):
    return sorted(PLACE.findall(text)), sorted(TAG.findall(text))


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_with_one_and_several_has_every_form_that_its_language_counts_by(language):
    head = (LOCALE / language / "LC_MESSAGES/django.po").read_text("utf-8")
    forms = int(re.search(r"nplurals=(\d)", head)[1])
    for text, said in texts.entries(language).items():
        assert len(said.split("\0")) == (forms if "\0" in text else 1), text


def test_every_folder_of_words_has_its_buttons_and_every_folder_of_buttons_its_words():
    spoken = {each.code for each in every_language() if not each.first}
    assert {path.name for path in LOCALE.iterdir() if path.is_dir()} == spoken


@pytest.mark.parametrize("language", COMPLETE)
def test_every_text_of_the_knowledge_base_that_members_read_is_translated(language):
    said = read_staff_words(DATA / "words" / language / FILE, packaged())
    assert [text for *_where, text in texts_of(packaged()) if text not in said] == []


def test_what_many_pages_import_is_made_anew_for_each_language():
    trees = {
        path.relative_to(texts.TEMPLATES).as_posix(): PARTS.parse(path.read_text("utf-8"))
        for path in texts.TEMPLATES.rglob("*.jinja")
    }
    imported = {
        each.template.value
        for tree in trees.values()
        for each in tree.find_all((nodes.FromImport, nodes.Import))
        if not each.with_context
    }
    assert len(imported) > 10
    # Such a template is run once for all requests: what it sets at its top would stay in the first reader's language.
    kept = [
        (name, each.lineno)
        for name in imported
        for each in trees[name].body
        if isinstance(each, nodes.Assign | nodes.AssignBlock)
        for call in each.find_all(nodes.Call)
        if getattr(call.node, "name", "") in texts.MARKS
    ]
    assert kept == []


CODES = frozenset(each.code for each in every_language())


def test_no_place_in_the_code_names_a_language():
    """But a migration, which says what once was."""
    named = {
        f"{path.relative_to(texts.SOURCE)}:{node.lineno}"
        for path in texts.SOURCE.rglob("*.py")
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in CODES
    }
    assert named == set()
    written = re.compile(rf"lang=[\"'](?:{'|'.join(sorted(CODES))})[\"']")
    told = {str(path.relative_to(texts.TEMPLATES)) for path in texts.TEMPLATES.rglob("*.jinja")}
    assert {each for each in told if written.search((texts.TEMPLATES / each).read_text("utf-8"))} == set()

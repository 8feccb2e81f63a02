"""The headline cannot be read as more than the photos carry, and says whose limits they were judged by."""

from datetime import date
from types import SimpleNamespace

import pytest
from tests.phantom.trials import OWN

from needlepoint.course.errors import InputError
from needlepoint.course.zones import Zone
from needlepoint.exchange.measurement_document import document, headline
from needlepoint.photo import change
from needlepoint.photo.compare import Comparison
from needlepoint.photo.gate import Check
from needlepoint.photo.reading import MEASURES

FACE = (Zone.FOREHEAD, Zone.CHEEK_LEFT, Zone.CHEEK_RIGHT, Zone.CHIN)


def told(moved=None, seen=FACE, card=True, table=None, quality=(), withheld=()):
    """A comparison in which `moved` says by how much a measure of a zone changed."""
    table, condition = table or change.default(), "card" if card else "no_card"
    lines = []
    for zone in FACE:
        for measure in MEASURES:
            smallest = table.smallest_detectable(condition, measure)
            after = 1.0 + (moved or {}).get((zone, measure), 0.0)
            line = change.judged(zone, measure, (1.0, after), smallest)
            if zone not in seen:
                line = change.unmeasured(zone, measure, "Too little bare skin.")
            lines.append(change.withheld(line, "Light.") if (zone, measure) in withheld else line)
    card_basis = SimpleNamespace(basis="measured")
    photo = SimpleNamespace(card=card_basis if card else None, px_per_mm=5.0, scale_from="card")
    return Comparison(tuple(lines), quality, photo, photo, None)


@pytest.mark.parametrize("card", [True, False])
def test_where_nothing_stands_the_headline_says_what_could_not_have_been_seen(card):
    says = headline(told(card=card))
    assert says.startswith("These photos could not have shown a change of redness smaller than ")
    assert "of pigment smaller than" in says
    assert says.endswith("4 of 4 zones seen")
    assert not says.lower().startswith("no change")
    assert ("the card is not in both" in says) == (not card)


@pytest.mark.parametrize("card", [True, False])
def test_the_size_it_names_is_the_one_from_which_on_a_change_stands(card):
    limit = told(card=card).unseen_below("haemoglobin")
    for zone in FACE:
        below, above = (told({(zone, "haemoglobin"): limit * share}, card=card) for share in (0.99, 1.01))
        assert below.verdict == "not_detectable"
        assert above.verdict == "changed"
    stated = document(told(card=card), change.default())["could_not_have_shown"]["haemoglobin"]
    assert stated == pytest.approx(limit, abs=1e-4)


def test_redness_of_two_and_a_half_times_the_blood_without_the_card_is_never_called_no_change():
    comparison = told({(Zone.CHEEK_LEFT, "haemoglobin"): 0.41}, card=False)
    assert comparison.verdict == "not_detectable"
    assert "smaller than 0.77" in headline(comparison) or comparison.unseen_below("haemoglobin") > 0.41
    assert "no change" not in headline(comparison).lower()


def test_what_was_large_and_could_not_be_told_from_light_is_not_said_to_be_absent():
    key = (Zone.CHEEK_LEFT, "haemoglobin")
    plain, doubted = told(), told({key: 5.0}, withheld=(key,))
    assert "none larger was seen" in headline(plain)
    assert "none larger" not in headline(doubted)
    assert "could not be told from light or pigment" in headline(doubted)


@pytest.mark.parametrize("count", range(5))
def test_how_many_zones_were_seen_stands_in_every_headline(count):
    moved = {(FACE[0], "haemoglobin"): 5.0} if count else {}
    for comparison in (told(seen=FACE[:count]), told(moved, seen=FACE[:count])):
        assert f"{count} of 4 zones seen" in headline(comparison)


def test_what_stands_is_named_and_a_number_that_does_not_stand_is_not_called_changed():
    table = change.default()
    small = table.smallest_detectable("card", "haemoglobin") * 1.1
    rough = table.smallest_detectable("card", "roughness") * 9
    moved = {
        (Zone.CHEEK_LEFT, "haemoglobin"): 1.0,
        (Zone.CHIN, "haemoglobin"): small,
        (Zone.CHIN, "roughness"): rough,
    }
    made = document(told(moved), table)
    verdicts = {(line["zone"], line["measure"]): line["verdict"] for line in made["zones"]}
    assert made["headline"] == "Changed: left cheek; 4 of 4 zones seen"
    assert verdicts["cheek_left", "haemoglobin"] == "changed"
    assert verdicts["chin", "haemoglobin"] == verdicts["chin", "roughness"] == "not_counted"
    assert all(line["why"] for line in made["zones"] if line["verdict"] == "not_counted")


def test_photos_that_cannot_be_compared_say_so():
    refused = told(quality=(Check("pair", "identity", "refuse", "Not the same face."),))
    assert headline(refused) == "These photos cannot be compared"


# ------------------------------------------------------------------------------------------------------ whose limits


def test_the_shipped_limits_are_wider_than_any_that_the_phantom_shows():
    shipped, phantom = change.default(), OWN
    for measure, most in {
        "haemoglobin": 2.5,
        "erythema_index": 3.0,
        "a_star": 2.0,
        "roughness": 3.6,
        "lines": 2.5,
    }.items():
        assert shipped.sem["card"][measure] >= most * phantom.sem["card"][measure] * 0.995
    for condition in change.CONDITIONS:
        assert all(shipped.sem[condition][m] >= phantom.sem[condition][m] for m in MEASURES)
    assert shipped.words == "the shipped limits"
    assert shipped.whose == "shipped"


OWN_TABLE = 'source = "own clinic, 24 pairs"\nbasis = "calibrated"\n{more}\n[card]\nhaemoglobin = 0.017\n'


def test_a_practices_own_limits_are_named_with_their_pairs_and_their_day():
    own = change.own(OWN_TABLE.format(more="pairs = 24\nmeasured_on = 2026-11-03").encode(), "scatter.toml")
    assert own.words == "this practice's own, from 24 pairs on 3 November 2026"
    assert (own.pairs, own.measured_on) == (24, date(2026, 11, 3))
    made = document(told(table=own), own)
    assert made["repeatability"]["words"] == own.words
    assert made["repeatability"]["whose"] == "own"
    assert not any("shipped limits are wide" in note for note in made["notes"])
    assert any("shipped limits are wide" in note for note in document(told(), change.default())["notes"])


def test_a_table_of_an_older_release_says_what_it_was_drawn_from():
    own = change.own(OWN_TABLE.format(more="").encode(), "scatter.toml")
    assert own.words == "this practice's own, from own clinic, 24 pairs"


@pytest.mark.parametrize(
    "more", ["pairs = 0", "pairs = true", 'pairs = "24"', 'measured_on = "soon"', "measured_on = 7"]
)
def test_a_table_that_says_nonsense_of_itself_is_refused(more):
    with pytest.raises(InputError):
        change.own(OWN_TABLE.format(more=more).encode(), "scatter.toml")

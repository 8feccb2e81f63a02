"""Where things stand in a chart: in the plot, in their order, as many as the table has, no word upon another."""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, pairwise
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from needlepoint.clinic.chair.queries.photo import change as photo_change
from needlepoint.clinic.templatetags.charts import band, dots, over_time, ranges, strip
from needlepoint.clinic.templatetags.charts.plot import Box, Scale, in_rows, wrapped
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.words import words
from needlepoint.healing.outlook import Band

SCORE = st.floats(0, 4)
NAMES = {
    "up": "How red, in the words of the check-in",
    "across": "days after the session",
    "outer": "9 of 10 people",
    "inner": "half of people",
    "middle": "the middle one",
    "own": "check-in",
    "earlier": "earlier check-in",
    "today": "today",
    "week": "a week: still red? Look",
}


@st.composite
def bands(draw):
    """A band as the model gives it, of no day, of one, or of many, and of days beyond what is drawn."""
    days = sorted(draw(st.sets(st.floats(0.01, 400), max_size=30)))
    scores = [sorted(draw(st.tuples(*[SCORE] * 5))) for _ in days]
    shares = zip(*scores, strict=True) if scores else ((),) * 5
    return Band(tuple(days), *map(tuple, shares))


@st.composite
def curves(draw):
    told = st.builds(SimpleNamespace, day=st.floats(0, 8), redness=st.integers(0, 4), of_this=st.booleans())
    today = draw(st.none() | st.floats(0, 400))
    return SimpleNamespace(band=draw(bands()), told=draw(st.lists(told, max_size=8)), today=today)


def steps(language):
    return [each.says for each in words(language).steps_of("redness")]


def drawn(curve, language="en"):
    return band.redness_chart(curve, steps=steps(language), **NAMES)


def points(text):
    return [tuple(map(float, each.split(","))) for each in text.split()]


def inside(plot, x, y):
    return plot.left <= x <= plot.right and plot.top <= y <= plot.bottom


def clear(picture, written):
    """No two words share room, and none is cut off by the edge."""
    boxes = [(each, each.box(picture.frame)) for each in written]
    edge = Box(-0.1, 0, picture.frame.wide + 0.1, picture.high)
    assert [each for each, box in boxes if not box.within(edge)] == []
    assert [(one, two) for (one, a), (two, b) in combinations(boxes, 2) if a.meets(b)] == []


@given(curves(), st.sampled_from(("en", "es")))
def test_every_place_of_the_redness_lies_inside_its_plot(curve, language):
    for picture in drawn(curve, language).pictures:
        places = [*points(picture.outer), *points(picture.inner), *points(picture.middle)]
        places += [(dot.x, dot.y) for dot in picture.dots]
        places += [(x, y) for each in picture.verticals for x, y in ((each.x1, each.y1), (each.x2, each.y2))]
        places += [(each.x2, each.y2) for each in picture.leaders]
        assert [place for place in places if not inside(picture.plot, *place)] == []


@example(SimpleNamespace(band=Band((0.5, 1.0, 3.0), *[(0.0, 0.0, 0.0)] * 5), told=[], today=None), "en")
@given(curves(), st.sampled_from(("en", "es")))
def test_no_word_of_the_redness_lies_on_another_or_is_cut_off(curve, language):
    for picture in drawn(curve, language).pictures:
        clear(picture, [*picture.words, *picture.days])


@given(curves())
def test_what_is_drawn_of_the_redness_is_what_the_table_says_and_nothing_beyond_what_was_computed(curve):
    chart = drawn(curve)
    computed = [day for day in curve.band.day if day <= band.LAST_DAY]
    assert [row.day for row in chart.rows] == computed
    for picture in chart.pictures:
        x = Scale(0, band.LAST_DAY, picture.plot.left, picture.plot.right)
        y = Scale(0, 4, picture.plot.bottom, picture.plot.top)
        assert points(picture.middle) == [(x.at(row.day), y.at(row.p50)) for row in chart.rows]
        there = [(x.at(row.day), y.at(row.p95)) for row in chart.rows]
        back = [(x.at(row.day), y.at(row.p05)) for row in reversed(chart.rows)]
        assert points(picture.outer) == there + back


@given(curves())
def test_of_two_days_the_later_lies_further_right_and_of_two_check_ins_the_redder_one_higher(curve):
    for picture in drawn(curve).pictures:
        assert all(one[0] <= two[0] for one, two in pairwise(points(picture.middle)))
        for (one, a), (two, b) in combinations(zip(curve.told, picture.dots, strict=True), 2):
            assert (one.redness > two.redness) == (a.y < b.y)
            assert not (one.day > two.day and a.x < b.x)


@given(curves())
def test_the_sentence_names_the_first_drawn_day_from_which_on_redness_stays_down(curve):
    chart = drawn(curve)
    for found, share in ((chart.half_from, "p50"), (chart.most_from, "p95")):
        red = [row.day for row in chart.rows if getattr(row, share) > 1]
        stays = [row.day for row in chart.rows if not red or row.day > red[-1]]
        assert found == (stays[0] if stays else None)


def test_today_is_drawn_only_while_it_lies_among_the_days_drawn():
    empty = Band((), (), (), (), (), ())
    for today, shown in ((None, False), (0.0, True), (8.0, True), (8.1, False), (365.0, False)):
        for picture in drawn(SimpleNamespace(band=empty, told=(), today=today)).pictures:
            assert ("today" in {each.kind for each in picture.verticals}) is shown
            assert ("today" in {each.says for each in picture.words}) is shown


def test_a_single_day_is_drawn_as_whiskers():
    one = Band((1.0,), (0.5,), (1.0,), (1.5,), (2.0,), (3.0,))
    for picture in drawn(SimpleNamespace(band=one, told=(), today=None)).pictures:
        assert [each.kind for each in picture.whiskers] == ["outer", "inner"]


# ---------------------------------------------------------------------------------------------- scores of a course


@st.composite
def trends(draw):
    """Any scores of any scale: none, one, equal ones, gaps, several at one moment."""
    scale = draw(st.sampled_from(list(packaged().scales.values())))
    score = st.builds(
        SimpleNamespace,
        moment=st.sampled_from([*dots.MOMENTS, "yearly"]),
        value=st.integers(scale.low, scale.high),
        scored_by_id=st.none() | st.just(1),
    )
    points = [SimpleNamespace(score=each) for each in draw(st.lists(score, max_size=9))]
    return SimpleNamespace(scale=scale, points=points)


@given(trends(), st.none() | st.integers(0, 400))
def test_every_score_has_its_dot_inside_the_plot_and_a_higher_one_stands_higher(trend, today):
    place = dots.MOMENTS | {"yearly": dots.YEARLY}
    for picture in dots.trend_chart(trend, today):
        assert len(picture.dots) == len(trend.points)
        assert all(inside(picture.plot, dot.x, dot.y) for dot in picture.dots)
        pairs = combinations(zip((each.score for each in trend.points), picture.dots, strict=True), 2)
        for (one, a), (two, b) in pairs:
            assert (one.value > two.value) == (a.y < b.y)
            if one.scored_by_id == two.scored_by_id:
                assert (place[one.moment] > place[two.moment]) == (a.x > b.x)


@given(trends(), st.none() | st.integers(0, 400))
def test_no_word_of_the_scores_lies_on_another_or_is_cut_off(trend, today):
    for picture in dots.trend_chart(trend, today):
        clear(picture, picture.words)


@given(trends())
def test_a_line_joins_one_kind_only_and_goes_through_the_latest_score_of_each_moment(trend):
    for picture in dots.trend_chart(trend, None):
        for kind, path in picture.paths:
            own = [
                (each.score.moment, dot)
                for each, dot in zip(trend.points, picture.dots, strict=True)
                if dot.kind == kind
            ]
            latest = sorted((dot.x, dot.y) for dot in dict(own).values())
            assert points(path) == latest


def test_bounds_are_drawn_as_whiskers_from_end_to_end():
    axes = dots.Axes([(0, "none"), (1, "much")], [(0, "0"), (30, "30")], "how much", "days")
    for picture in dots.dots_chart([dots.Spot(30, 0.5, "clinic", 0.2, 1.0)], axes):
        (whisker,) = picture.whiskers
        assert whisker.y2 < picture.dots[0].y < whisker.y1
        assert inside(picture.plot, whisker.x1, whisker.y1)
        assert inside(picture.plot, whisker.x2, whisker.y2)


# ---------------------------------------------------------------------------------------------- a forest of ranges

CHANGE = st.floats(-40, 40).map(lambda value: round(value, 4))


@st.composite
def lines(draw):
    """Changes of one measure by zone, as the query gives them: none, one, equal ones, of any size."""
    found = []
    for zone in draw(
        st.lists(st.sampled_from(sorted(each.value for each in Zone)), unique=True, max_size=20)
    ):
        low, change, high = sorted(draw(st.tuples(CHANGE, CHANGE, CHANGE)))
        told = {
            "zone": zone,
            "measure": "haemoglobin",
            "before": 1.0,
            "after": 1.0 + change,
            "change": change,
            "ci95": [low, high],
            "smallest_detectable": draw(st.floats(0, 60)),
            "verdict": "changed",
            "stands": draw(st.booleans()),
        }
        found.append(photo_change.Line.of(told))
    return found


@given(lines())
def test_every_range_lies_inside_the_plot_with_its_value_between_its_ends(measured):
    for picture in ranges.change_forest(measured).pictures:
        for mark, line in zip(picture.marks, picture.ranges, strict=True):
            assert inside(picture.plot, line.x1, line.y1)
            assert inside(picture.plot, line.x2, line.y2)
            assert inside(picture.plot, mark.unseen.left, mark.unseen.top)
            assert inside(picture.plot, mark.unseen.right, mark.unseen.bottom)
            assert line.x1 <= mark.x <= line.x2
        assert all(one.y < two.y for one, two in pairwise(picture.marks))


@given(lines())
def test_no_word_of_the_forest_lies_on_another_or_is_cut_off(measured):
    for picture in ranges.change_forest(measured).pictures:
        clear(picture, picture.words)


@given(lines())
def test_the_forest_draws_each_measured_zone_once_with_the_number_of_its_table(measured):
    drawn = ranges.change_forest(measured)
    assert [(row.says, row.number) for row in drawn.rows] == [
        (line.zone, f"{line.change} ({line.interval})") for line in measured
    ]
    assert set(drawn.more) == {line.zone for line in measured if line.stands and line.size.change > 0}
    for picture in drawn.pictures:
        end = ranges.reach(drawn.rows)
        x = Scale(-end, end, picture.plot.left + 6, picture.plot.right - 6)
        assert [mark.x for mark in picture.marks] == [x.at(line.size.change) for line in measured]


def test_a_zone_in_which_nothing_was_measured_has_no_place():
    told = dict.fromkeys(("before", "after", "change", "ci95", "smallest_detectable"))
    line = photo_change.Line.of(
        told | {"zone": "chin", "measure": "haemoglobin", "verdict": "not_measurable"}
    )
    assert ranges.change_forest([line]).rows == ()


@st.composite
def comparisons(draw):
    """Comparisons of later photos with a first one, the newest first, as the query gives them."""
    first = datetime(2026, 1, 1, 15, tzinfo=UTC)
    found = []
    for days in sorted(draw(st.lists(st.integers(0, 400), max_size=6)), reverse=True):
        row = SimpleNamespace(before_id=draw(st.sampled_from((1, 1, 1, 2))))
        taken = (first, first + timedelta(days=days))
        found.append(SimpleNamespace(row=row, taken=taken, redness=draw(lines())))
    return found


@given(comparisons())
def test_a_zone_over_time_has_a_dot_and_its_bounds_for_every_photo_of_its_table(changes):
    for drawn in over_time.changes_over_time(changes):
        assert [row.day for row in drawn.rows] == sorted(row.day for row in drawn.rows)
        for picture in drawn.pictures:
            assert len(picture.dots) == len(picture.whiskers) == len(drawn.rows) > 1
            assert all(inside(picture.plot, dot.x, dot.y) for dot in picture.dots)
            for dot, bounds in zip(picture.dots, picture.whiskers, strict=True):
                assert bounds.y2 <= dot.y <= bounds.y1
                assert inside(picture.plot, bounds.x1, bounds.y1)
                assert inside(picture.plot, bounds.x2, bounds.y2)
            clear(picture, picture.words)


def test_only_photos_against_the_same_first_one_stand_on_one_line():
    told = {"zone": "chin", "measure": "haemoglobin", "before": 1.0, "after": 1.2, "change": 0.2}
    told |= {"ci95": [0.1, 0.3], "smallest_detectable": 0.1, "verdict": "changed", "stands": True}
    first = datetime(2026, 1, 1, tzinfo=UTC)
    three = [
        SimpleNamespace(
            row=SimpleNamespace(before_id=before),
            taken=(first, first + timedelta(days=days)),
            redness=[photo_change.Line.of(told)],
        )
        for before, days in ((1, 90), (2, 60), (1, 30))
    ]
    (drawn,) = over_time.changes_over_time(three)
    assert [row.day for row in drawn.rows] == [30, 90]
    assert over_time.changes_over_time(three[:1]) == []


# ---------------------------------------------------------------------------------------------- the strip of a course

DAY = st.dates(date(2026, 1, 1), date(2028, 1, 1))


@st.composite
def courses(draw):
    """A course with sessions done, broken off, to come, booked or not, close together or years apart, or none."""
    days = sorted(draw(st.lists(DAY, max_size=9)))
    behind = draw(st.integers(0, len(days)))
    sessions = [
        SimpleNamespace(
            number=number + 1,
            finished_at=datetime.combine(day, time(15), UTC) if number < behind else None,
            broken_off=draw(st.sampled_from(("", "She felt faint."))) if number < behind else "",
        )
        for number, day in enumerate(days)
    ]
    to_come = st.builds(SimpleNamespace, booked=st.booleans(), too_early=st.booleans())
    due = {}
    for session, day in zip(sessions[behind:], days[behind:], strict=True):
        found = draw(to_come)
        due[session.number] = SimpleNamespace(
            on=day, booked_on=day if found.booked else None, too_early=found.too_early
        )
    return SimpleNamespace(
        sessions=sessions,
        next_session=next((each for each in sessions if each.finished_at is None), None),
        days=SimpleNamespace(of=lambda session: due.get(session.number)),
        course=SimpleNamespace(state="active"),
    )


@given(courses(), DAY)
def test_every_session_of_a_course_stands_on_its_day_in_order_and_today_among_them(course, today):
    pictures = strip.course_strip(course, today, UTC)
    assert len(pictures) == (2 if course.sessions else 0)
    for picture in pictures:
        assert len(picture.marks) == len(course.sessions)
        assert all(inside(picture.plot, mark.x, mark.y) for mark in picture.marks)
        assert all(one.x <= two.x for one, two in pairwise(picture.marks))
        (now,) = picture.verticals
        for mark, session in zip(picture.marks, course.sessions, strict=True):
            due = course.days.of(session)
            on = due.on if due else session.finished_at.date()
            assert (on > today) <= (mark.x >= now.x1)
            assert (on < today) <= (mark.x <= now.x1)


@given(courses(), DAY)
def test_no_word_of_a_course_lies_on_another_or_is_cut_off(course, today):
    for picture in strip.course_strip(course, today, UTC):
        clear(picture, picture.words)
        said = {each.says for each in picture.words}
        assert {str(each.number) for each in course.sessions} <= said
        assert f"today, {today:%-d %b}" in said


@given(courses(), DAY)
def test_a_day_that_is_not_booked_is_called_the_earliest(course, today):
    for picture in strip.course_strip(course, today, UTC):
        said = {each.says for each in picture.words}
        for session in course.sessions:
            due = course.days.of(session)
            if due is not None:
                booked = due.booked_on and not due.too_early
                assert (f"{due.on:%-d %b}" if booked else f"from {due.on:%-d %b}") in said


# ---------------------------------------------------------------------------------------------- what all stand on


@given(st.lists(st.floats(0, 640), max_size=9), st.sampled_from(band.FRAMES))
def test_names_in_rows_keep_their_places_and_touch_no_other(places, frame):
    found = in_rows([(at, f"name {place}") for place, at in enumerate(places)], frame, 100)
    boxes = [each.box(frame) for each in found]
    assert not any(a.meets(b) for a, b in combinations(boxes, 2))
    assert len(found) == len(places)


@given(st.text("abc de", max_size=60), st.floats(20, 200))
def test_words_are_wrapped_and_none_is_lost(says, room):
    assert " ".join(wrapped(says, room, 14)) == " ".join(says.split())


def test_a_value_outside_its_scale_has_no_place():
    with pytest.raises(ValueError, match="outside"):
        Scale(0, 4, 0, 100).at(4.1)
    assert Scale(2, 2, 0, 100).at(2) == 50


def test_no_markup_is_made_where_places_are_computed():
    from pathlib import Path

    for file in Path(band.__file__).parent.glob("*.py"):
        assert re.findall(r"<\w+[ >]|Markup|mark_safe|format_html", file.read_text()) == [], file.name

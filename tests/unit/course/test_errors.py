"""An error is one line that names the key from the outermost table on."""

from needlepoint.course.errors import InputError


def test_an_error_is_one_line():
    assert str(InputError("depth_mm", "nan is not a number", "a number")) == (
        "depth_mm: nan is not a number; expected a number"
    )


def test_a_key_is_seen_from_the_surrounding_table():
    error = InputError("depth_mm", "x", "y").inside("passes[1]").inside("session[0]")
    assert error.key == "session[0].passes[1].depth_mm"
    assert (error.problem, error.expected) == ("x", "y")


def test_an_index_follows_its_list_without_a_dot():
    assert InputError("[2]", "x", "y").inside("zones").key == "zones[2]"


def test_an_error_of_the_whole_table_is_named_by_the_table():
    assert InputError("", "x", "y").inside("goal").key == "goal"

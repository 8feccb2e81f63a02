"""A number in whatever spelling is one number, and what is none says why."""

import pytest

from needlepoint.exchange.phone import Alike, Phone, PhoneFault, alike, digits, e164


@pytest.mark.parametrize(
    ("typed", "country", "dialled"),
    [
        ("07700 900124", "GB", "+447700900124"),
        ("+44 (0)7700 900124", "", "+447700900124"),
        ("0044 7700 900124", "GB", "+447700900124"),
        ("0044 7700 900124", "", "+447700900124"),
        ("011 44 7700 900124", "US", "+447700900124"),
        ("(555) 010-0199", "US", "+15550100199"),
        ("555.010.0199", "US", "+15550100199"),
        ("1 (202) 555-0140", "US", "+12025550140"),
        ("6912345678", "GR", "+306912345678"),
        ("0664/1234567", "AT", "+436641234567"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("0412 345 678", "AU", "+61412345678"),
        ("612 34 56 78", "ES", "+34612345678"),
        ("55 1234 5678", "MX", "+525512345678"),
        ("٠٧٧٠٠٩٠٠١٢٤", "GB", "+447700900124"),
    ],
)
def test_a_number_is_dialled_from_anywhere_however_it_was_typed(typed, country, dialled):
    found = e164(typed, country)
    assert isinstance(found, Phone)
    assert (found.e164, found.typed) == (dialled, typed)


@pytest.mark.parametrize(
    ("typed", "country", "why"),
    [
        ("", "GB", PhoneFault.EMPTY),
        ("ask her husband", "GB", PhoneFault.NOT_A_NUMBER),
        ("07700 900124", "", PhoneFault.NO_COUNTRY),
        ("555-0100", "US", PhoneFault.TOO_SHORT),
        ("112", "GR", PhoneFault.TOO_SHORT),
        ("+44 7700 900124 900125", "", PhoneFault.TOO_LONG),
        ("07700 900124 or 07700 900125", "GB", PhoneFault.TWO_NUMBERS),
        ("07700 900124; 07700 900125", "GB", PhoneFault.TWO_NUMBERS),
        ("07700 900124, 07700 900125", "GB", PhoneFault.TWO_NUMBERS),
        ("612 34 56 78 o 612 34 56 79", "ES", PhoneFault.TWO_NUMBERS),
    ],
)
def test_what_is_no_number_says_why(typed, country, why):
    assert e164(typed, country) is why


def test_a_number_of_the_right_length_is_taken_though_no_table_knows_its_range():
    assert e164("(555) 010-0199", "US").known is False
    assert e164("6912345678", "GR").known is True


@pytest.mark.parametrize(
    ("sender", "chart", "country", "how"),
    [
        ("+447700900124", "07700 900124", "GB", Alike.SAME),
        ("+447700900124", "07700 900124", "", Alike.SAME),
        ("+447700900124", "0044 7700 900124", "GR", Alike.SAME),
        ("+447700900124", "+44 (0)7700 900124", "US", Alike.SAME),
        ("+15550100199", "(555) 010-0199", "US", Alike.SAME),
        ("+436641234567", "0664/1234567", "DE", Alike.SAME),
        ("+79123456789", "8 912 345-67-89", "KZ", Alike.SAME),
        ("+61412345678", "0412 345 678", "AU", Alike.SAME),
        ("5550100", "555-0100", "US", Alike.SAME),
        ("+5215512345678", "55 1234 5678", "MX", Alike.MAYBE),
        ("+12125550100", "555-0100", "US", Alike.MAYBE),
        ("+447700900124", "07700 900125", "GB", Alike.NO),
        ("+447700900124", "0124", "GB", Alike.NO),
        ("+447700900124", "", "GB", Alike.NO),
        ("Needlepoint", "07700 900124", "GB", Alike.NO),
    ],
)
def test_the_sender_of_a_text_is_known_by_any_spelling_of_the_chart(sender, chart, country, how):
    assert alike(sender, chart, country) is how


def test_digits_are_digits_in_any_script():
    assert digits("+٤٤ 77-00") == "447700"

"""The people of the invented practice, their faces as drawings, and where it is noon."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw, ImageFilter

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.patient import Person
from needlepoint.course.goals import OperatorRole, Sex, SkinType

STAFF = {
    Role.FRONT_DESK: ("Frieda Desk", OperatorRole.AESTHETICIAN),
    Role.NURSE: ("Nora Nurse", OperatorRole.NURSE),
    Role.AESTHETICIAN: ("Aisha Aesthetician", OperatorRole.AESTHETICIAN),
    Role.PRESCRIBER: ("Petra Prescriber", OperatorRole.NURSE_PRACTITIONER),
    Role.MEDICAL_DIRECTOR: ("Dr Milan Director", OperatorRole.PHYSICIAN),
    Role.CLINIC_ADMIN: ("Clara Admin", OperatorRole.AESTHETICIAN),
    Role.AUDITOR: ("Otto Auditor", OperatorRole.AESTHETICIAN),
}
# Invented; the order mixes origins, so that neighbours in the list look nothing alike.
NAMES = (
    *(
        "Amara Okafor",
        "Linnea Dahl",
        "Mateo Quispe",
        "Yuki Tanaka",
        "Leila Haddad",
        "Seán Byrne",
        "Ananya Iyer",
    ),
    *("Tomasz Nowak", "Noor Bakker", "Kofi Mensah", "Zeynep Aydın", "Inês Carvalho", "Malia Kealoha"),
    *("Dmitri Volkov", "Thandiwe Dube", "Rosa Delgado", "Minh Anh Trần", "Élodie Marchand", "Samir Benali"),
    *("Hana Kučerová", "Gus Ellison", "Farah Siddiqui", "Jun Park", "Wanda Littlefeather", "Omar Castillo"),
    *("Freya Lindqvist", "Chiara Moretti", "Bao Nguyen", "Ada Whitlock", "Tariq Rahman", "Maeve O’Dowd"),
    *(
        "Sofía Herrera",
        "Ngozi Eze",
        "Emil Krüger",
        "Priya Menon",
        "Tane Ngata",
        "Ruth Abebe",
        "Viktor Horváth",
    ),
    *("Aroha Parata", "Lucía Ferrer", "Dele Adeyemi", "Katja Virtanen", "Ivo Petrov", "Mei-Ling Chow"),
)
ALLERGIES = (
    "none known",
    "none known",
    "none known",
    "latex",
    "lidocaine: rash in 2019",
    "penicillin",
    "nickel",
)
# For every hour of the day one of them has noon; a diary looks best from eleven to three.
ZONES = (
    *(
        "America/New_York",
        "Europe/Lisbon",
        "America/Los_Angeles",
        "Europe/Athens",
        "Asia/Kolkata",
        "Asia/Tokyo",
    ),
    *("America/Sao_Paulo", "Asia/Dubai", "Asia/Singapore", "Australia/Sydney", "Pacific/Auckland"),
    *("Pacific/Honolulu", "America/Denver", "Africa/Nairobi", "America/Anchorage"),
)
BUSY_FROM, BUSY_UNTIL = 11, 15
TONES = {
    SkinType.I: (247, 220, 205),
    SkinType.II: (240, 205, 182),
    SkinType.III: (224, 180, 150),
    SkinType.IV: (190, 138, 104),
    SkinType.V: (140, 94, 66),
    SkinType.VI: (92, 60, 44),
}
WIDTH, HEIGHT = 600, 760


def busy_zone(now: datetime) -> str:
    """Return a time zone in which it is the middle of the day now, so that the diary is full at any hour."""
    return next(name for name in ZONES if BUSY_FROM <= now.astimezone(ZoneInfo(name)).hour < BUSY_UNTIL)


def person(dice: Random, number: int) -> Person:
    """Return somebody invented."""
    given, _, family = NAMES[number % len(NAMES)].rpartition(" ")
    types = (SkinType.II, SkinType.III, SkinType.III, SkinType.IV, SkinType.II, SkinType.V, SkinType.III)
    return Person(
        given_name=given,
        family_name=family,
        born_on=date(dice.randrange(1962, 2002), dice.randrange(1, 13), dice.randrange(1, 28)),
        sex=dice.choice((Sex.FEMALE, Sex.FEMALE, Sex.MALE)),
        skin_type=types[number % len(types)],
        phone=f"+1 202 555 01{number % 100:02d}",
        email=f"patient{number + 1}@patients.example",
        allergies=dice.choice(ALLERGIES),
    )


def drawing(dice: Random, skin_type: str, spots: int, redness: int) -> bytes:
    """Return a drawn face with so many marks: a picture to look at, which nobody could take for a photo."""
    tone = TONES[SkinType(skin_type)]
    image = Image.new("RGB", (WIDTH, HEIGHT), (196, 204, 212))
    pen = ImageDraw.Draw(image)
    pen.ellipse((90, 40, 510, 420), fill=_mixed(tone, (40, 30, 30), 0.75))
    pen.rectangle((235, 560, 365, HEIGHT), fill=_mixed(tone, (90, 50, 40), 0.12))
    pen.ellipse((120, 80, 480, 640), fill=tone)
    for left in (170, 345):
        pen.ellipse((left - 25, 380, left + 95, 510), fill=_mixed(tone, (205, 70, 70), redness / 100))
    for _ in range(spots):
        x, y, wide = dice.randrange(165, 425), dice.randrange(350, 560), dice.randrange(3, 8)
        pen.ellipse((x, y, x + wide, y + wide), fill=_mixed(tone, (110, 50, 40), 0.4))
    for left in (205, 330):
        pen.ellipse((left, 300, left + 65, 332), fill=(250, 250, 250))
        pen.ellipse((left + 22, 302, left + 44, 330), fill=(60, 44, 36))
        pen.arc((left - 6, 268, left + 72, 320), 200, 340, fill=(50, 36, 30), width=7)
    pen.line((300, 330, 285, 440, 318, 446), fill=_mixed(tone, (80, 40, 30), 0.35), width=5)
    pen.ellipse((245, 525, 355, 560), fill=_mixed(tone, (170, 60, 70), 0.55))
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.2)).save(out, "JPEG", quality=88)
    return out.getvalue()


def _mixed(one: tuple[int, int, int], other: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def at_clock(now: datetime, zone_name: str, days_ago: int, hour: int, minute: int = 0) -> datetime:
    """Return a time of day in the practice's zone, so many days before now."""
    local = now.astimezone(ZoneInfo(zone_name)) - timedelta(days=days_ago)
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(now.tzinfo)

"""The number at which a member's alarms arrive: their own to set, and nobody has to agree to an alarm."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import Clinic, Member
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.errors import InputError
from needlepoint.exchange.phone import Phone, PhoneFault, e164

WRONG = {
    PhoneFault.NOT_A_NUMBER: gettext_lazy("is no number that can be dialled"),
    PhoneFault.TWO_NUMBERS: gettext_lazy("holds two numbers; write the one that rings at night"),
    PhoneFault.NO_COUNTRY: gettext_lazy("has no country, and the clinic's country is not known"),
    PhoneFault.TOO_SHORT: gettext_lazy("is too short to be dialled from elsewhere"),
    PhoneFault.TOO_LONG: gettext_lazy("is too long for a number"),
}


@action(Permission.SIGN_IN)
def set_phone(act: Act, *, phone: str) -> Member:
    """Keep the actor's number in the one form that can be dialled from anywhere; nothing takes it away."""
    member = Member.objects.select_for_update(no_key=True).get(pk=act.actor.member)
    country = Clinic.objects.values_list("country", flat=True).get(pk=act.actor.clinic)
    found = e164(phone, country)
    if isinstance(found, PhoneFault) and found is not PhoneFault.EMPTY:
        raise InputError(
            "phone",
            "%(phone)r %(wrong)s",
            "a number such as +44 7700 900124",
            phone=phone[:40],
            wrong=WRONG[found],
        )
    member.phone = found.e164 if isinstance(found, Phone) else ""
    member.save(update_fields=["phone"])
    write(act, "set own number", f"member:{member.pk}", detail={"set": bool(member.phone)})
    return member

"""Whether an answer to a text message ends all of them: in any spelling clear, perhaps, or about something else."""

from __future__ import annotations

import re
from enum import StrEnum

from needlepoint.course.letters import unaccented

# The list of the FCC (47 CFR 64.1200(a)(10)): stop, quit, end, revoke, opt out, cancel, unsubscribe. Beside them stands
# what carriers take besides, and the same in Spanish and German.
STOPS = frozenset(
    "stop stopall stopp stopall quit end revoke optout cancel unsubscribe arret arrete "
    "alto baja parar pare cancelar cancela fin terminar basta detener revocar "
    "stoppen abmelden abbestellen beenden ende schluss aufhoren aufhoeren widerruf widerrufen austragen".split()
)
PHRASES = (
    "opt out",
    "no more",
    "stop all",
    "darme de baja",
    "dar de baja",
    "darse de baja",
    "no mas",
    "no quiero",
    "keine mehr",
    "keine nachrichten",
    "keine sms",
    "nicht mehr",
    "hor auf",
)
# What people write around it; an answer that holds nothing else is still only that.
_AROUND = frozenset(
    "please pls plz thanks thank you now all any more the these this that your me my us it to of from for on sending "
    "send texting text texts textmessage message messages messaging sms msg msgs alerts number reminders contacting "
    "por favor gracias ya todos todas los las el la de mi mis me a sus su estos esos mas mensaje mensajes texto textos "
    "recordatorios enviar mandar envien numero quiero dar darme "
    "bitte danke jetzt alle keine mehr die diese nachricht nachrichten weitere mir mich meine nummer "
    "schicken senden".split()
)
# One of these anywhere may be meant so, and may be a sentence about bleeding that does not stop.
_STRONG = STOPS - {"end", "fin", "ende", "cancel", "cancelar", "cancela", "schluss", "alto"}
LONGEST_CLEAR = 12


class Meant(StrEnum):
    """What an answer means."""

    STOP = "stop"
    PERHAPS = "perhaps"
    OTHER = "other"


def meant(text: str) -> Meant:
    """Return what an answer means, whatever its case, quotes, signs, accents and polite words."""
    words = _words(text)
    joined = " ".join(words)
    phrase = next((each for each in PHRASES if re.search(rf"\b{each}\b", joined)), "")
    if phrase or any(each in STOPS for each in words):
        left = joined.replace(phrase, " ") if phrase else joined
        rest = [each for each in left.split() if each not in STOPS | _AROUND]
        if not rest and len(words) <= LONGEST_CLEAR:
            return Meant.STOP
        if phrase or any(each in _STRONG for each in words) or words[0] in STOPS:
            return Meant.PERHAPS
    return Meant.OTHER


def _words(text: str) -> list[str]:
    """Return the words in small letters, without accents and without whatever stands around them."""
    return re.findall(r"[a-z]+", re.sub("[-']", "", unaccented(text.casefold())))

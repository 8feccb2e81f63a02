"""The consent texts that a new clinic begins with, for its own clinician and lawyer to replace by a next
version; and what they say in other languages, to be read beside what is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SESSION = """\
Microneedling makes many fine punctures in the skin, so that the skin repairs itself and forms new collagen.

Usual for hours to days: redness, warmth, a feeling of sunburn, slight swelling, fine flaking, pinpoint
bleeding, bruises.
Less usual: a cold sore breaking out, small white spots, a dark or light patch that may stay for months,
infection, scars,
firm bumps after a product was needled in. No result is promised, and several sessions are usually needed.

Today's zones, device and depths were explained to me. I have answered the questions on my health truthfully
and said what I
was not sure of. I could ask what I wanted to know. I know whom to call, and that I may take this consent
back at any time
before or during the session, without a reason and without a disadvantage.
"""

PHOTOS = """\
Photos are taken to compare the skin before and after. They are kept encrypted with my chart.

I choose below what else they may be used for. My care does not depend on it. I may take any of it back at
any time; the
clinic then stops using the photos in that way.
"""

SESSION_ES = """\
El microneedling hace muchas punciones finas en la piel, para que la piel se repare y forme colágeno nuevo.

Lo habitual por horas o días: enrojecimiento, calor, sensación de quemadura de sol, un poco de hinchazón, escamas finas,
puntitos de sangre, moretones.
Menos habitual: un brote de herpes labial, puntitos blancos, una mancha oscura o clara que puede durar meses, infección,
cicatrices, bultos duros después de un producto que entró con las agujas. No se promete ningún resultado, y casi siempre
hacen falta varias sesiones.

Me explicaron las zonas, el aparato y las profundidades de hoy. Contesté con la verdad las preguntas sobre mi salud y
dije de qué no tenía certeza. Pude preguntar lo que quise saber. Sé a quién llamar, y sé que puedo retirar este
consentimiento en cualquier momento, antes de la sesión o durante ella, sin dar un motivo y sin que me perjudique.
"""

PHOTOS_ES = """\
Se toman fotos para comparar la piel antes y después. Se guardan cifradas con mi historia clínica.

Abajo elijo para qué más se pueden usar. Mi atención no depende de eso. Puedo retirar cualquier parte en cualquier
momento; entonces la clínica deja de usar las fotos de esa manera.
"""

_READINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {SESSION: MappingProxyType({"es": SESSION_ES}), PHOTOS: MappingProxyType({"es": PHOTOS_ES})}
)


def readings(body: str) -> Mapping[str, str]:
    """Return what a text says in other languages, by their codes; of a text of the clinic's own nothing is known."""
    return _READINGS.get(body, MappingProxyType({}))

"""The consent texts that a new clinic begins with, for its own clinician and lawyer to replace by a next
version.
"""

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

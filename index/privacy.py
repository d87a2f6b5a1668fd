"""Personal mobile numbers are shown masked."""

import re

# 13618598777 | 136 1859 8777 | +86-136-1859-8777；not: part of a longer number, 0851-86892879
_MOBILE = re.compile(r"(?<![0-9A-Za-z.])((?:\+?86[- ]?)?1[3-9][0-9])([- ]?)([0-9]{4})([- ]?)([0-9]{4})(?![0-9])")
_WIDE = re.compile(r"(?<![０-９])(１[３-９][０-９])([０-９]{4})([０-９]{4})(?![０-９])")


def mask_phones(text: str) -> str:
    """``text`` with the middle of every mobile number of mainland China replaced: ``136****8777``.

    The length stays, so that offsets into the text stay valid. Land lines (``0851-86892879``) are offices' and stay.
    """
    masked = _MOBILE.sub(lambda found: f"{found[1]}{found[2]}****{found[4]}{found[5]}", text)
    return _WIDE.sub(lambda found: f"{found[1]}****{found[3]}", masked)

"""Today, as the machine's clock and time zone tell it: the one place where the clock is read for what applies when."""

from datetime import date


def today() -> str:
    """The present day, ISO."""
    return date.today().isoformat()

"""The state of a document on a day, told by the catalog itself, so that filters and records agree."""

STATE = """coalesce((
    SELECT CASE
        WHEN ended_how IS NOT NULL AND ended_on <= {day} THEN ended_how
        WHEN expires_on < {day} THEN 'expired'
        WHEN effective_on <= {day} THEN 'in_force'
        WHEN effective_on > {day} THEN 'not_yet'
        WHEN expires_on IS NOT NULL THEN 'in_force'
        ELSE 'unknown'
    END FROM times WHERE times.position = documents.position), 'unknown')"""
"""State of a row of ``documents`` as :meth:`index.records.Times.state` tells it; format string for the day's SQL."""

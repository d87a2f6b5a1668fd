"""Errors of the doors, beside the tree of :mod:`index.errors`.

PolicyError
└── UsageError           the caller asked in a way that cannot be served (CLI exit code 2)
    └── ConfigError      config.yaml or the environment says something that cannot be
"""

from index.errors import PolicyError


class UsageError(PolicyError):
    """A question, filter or argument that cannot be served; the text says what is wrong and what would be right."""


class ConfigError(UsageError):
    """A setting is unknown, impossible or unreadable; the text names key, value and what is allowed."""


class NotFoundError(PolicyError):
    """The index holds no such document or clause; the text says how to find the right one."""

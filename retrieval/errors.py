"""Errors that a user can meet. Their text is shown as it is: one plain sentence that says what to do.

UserError
 +- UsageError            wrong arguments or settings (exit code 2)
 +- DocumentError         one document cannot be read (the others go on)
 +- StoreError            the index is missing, busy, or built by another version or embedder
 +- ProviderError         a model endpoint is unreachable, refuses, or answers nonsense
"""

from __future__ import annotations


class UserError(Exception):
    """Something went wrong that the user can mend; `exit_code` is the program's."""

    exit_code = 1


class UsageError(UserError):
    """Wrong arguments or settings."""

    exit_code = 2


class DocumentError(UserError):
    """One document cannot be read; the text does not repeat the file's name."""


class StoreError(UserError):
    """The index is missing, busy, unwritable, or built with other settings."""


class ProviderError(UserError):
    """A model endpoint is unreachable, refuses, or answers nonsense."""

"""The wording of every prompt."""

"""The outside world. Errors of other people's libraries are translated here."""

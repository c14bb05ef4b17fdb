"""What follows: pure functions. No clock, no database, no randomness; nothing here imports tables or storage."""

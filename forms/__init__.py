"""What comes in: blank Word forms out, filled-in forms in."""

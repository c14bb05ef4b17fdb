"""What is measured on demand; figures with date and command stand in docs/measurements.md."""

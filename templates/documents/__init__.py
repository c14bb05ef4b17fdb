"""Documents that Nabór writes: each takes one frozen value and returns the bytes of one file."""

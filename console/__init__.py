"""How people work with Nabór."""

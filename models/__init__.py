"""What Nabór knows: rules, tables, the project definition and the doors through which state changes."""

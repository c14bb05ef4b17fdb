"""Invented people's forms in every shape they come back in, with what must be read from each known beforehand.

Nothing here knows the reader: only the form definitions, the blank form of the product and WordprocessingML.
"""

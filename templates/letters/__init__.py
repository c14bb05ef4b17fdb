"""What each mail may say: one declared context an event. A template that asks for more fails ``check_templates``.

Values are plain and already chosen: a letter decides nothing. Dates are dates, times are local clock times (hours of a
meeting) or aware instants (times of receipt), money is grosze.
"""

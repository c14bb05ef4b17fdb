"""What goes out: texts, calendars and documents, and the code that renders them."""

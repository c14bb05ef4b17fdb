"""What happens: Prefect flows. Only the files directly in this folder know Prefect."""

import os

# Read by Prefect's client when it is first imported, so it must stand before any flow's import of it.
os.environ.setdefault("DO_NOT_TRACK", "1")

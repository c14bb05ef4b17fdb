"""What the flows are made of: plain functions, ``(session, …, actor, now) -> result``. No Prefect here."""

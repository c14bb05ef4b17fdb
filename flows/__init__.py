"""What happens: Prefect flows. Only the files directly in this folder know Prefect."""

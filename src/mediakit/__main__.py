"""`python -m mediakit`."""

from mediakit.cli.main import run

run()

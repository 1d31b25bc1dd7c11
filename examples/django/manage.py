"""`python manage.py serve` starts the example; see README.md."""

import os
import pathlib
import sys

# A project of its own would have a copy of the file beside this one.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "python"))

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)

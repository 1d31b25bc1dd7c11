"""`python manage.py serve`: makes the database if there is none, and serves API and application on 127.0.0.1."""

import os
import socket

import uvicorn
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

import hybrid_cache
from invoices.generate import generate


class Command(BaseCommand):
    help = __doc__
    requires_migrations_checks = False

    def handle(self, *args, **options):
        port = os.environ.get("PORT") or "4780"
        if not (port.isascii() and port.isdecimal() and int(port) <= 65_535):
            raise CommandError(f"PORT is {port!r}, which is no port: set it to a number from 0 to 65535.")
        # Before the database is generated: a port in use is told at once.
        try:
            listener = socket.create_server(("127.0.0.1", int(port)))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be listened on ({error.strerror}): choose another in PORT."
            ) from None
        call_command("migrate", run_syncdb=True, verbosity=0)
        if not User.objects.exists():
            self.say("  data      generating invoices")
            generate()
        versions = hybrid_cache._versions()
        self.say("hybrid-cache demo, Django")
        self.say(f"  versions  {versions.store.location}")
        for _, problem, cure in versions.health():
            self.say(f"  warning   {problem}. {cure}.")
        self.say("  sign in   alice or bob, password demo")
        self.say("  address   http://{}:{}".format(*listener.getsockname()))
        config = uvicorn.Config(
            "desk.asgi:application",
            log_level="warning",
            access_log=False,
            lifespan="off",
            # An event stream would keep it from ending for a quarter of an hour.
            timeout_graceful_shutdown=1,
        )
        uvicorn.Server(config).run(sockets=[listener])

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()

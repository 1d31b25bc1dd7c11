"""A real redis-server of a test's own, on a spare port of 127.0.0.1, ended by its process id."""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import redis


class RedisServer:
    def __init__(self, *options):
        self.folder = tempfile.mkdtemp(prefix="hybrid-cache-redis-")
        self.options = options
        self.process = None
        atexit.register(self.stop)
        # Somebody else may take the spare port before Redis does; then another one is tried.
        for _ in range(10):
            with socket.create_server(("127.0.0.1", 0)) as probe:
                self.port = probe.getsockname()[1]
            if self.run():
                break
        else:
            raise RuntimeError("redis-server did not start on ten different ports")
        self.url = f"redis://127.0.0.1:{self.port}/1"
        self.client = redis.Redis(port=self.port, db=1, decode_responses=True)

    def run(self):
        """Starts it, again after `kill`. Answers whether it runs."""
        program = os.environ.get("REDIS_SERVER", "redis-server")
        places = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder]
        command = [program, *places, "--save", "", "--appendonly", "no", *self.options]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while self.process.poll() is None:
            try:
                return redis.Redis(port=self.port).ping()
            except redis.ConnectionError:  # BusyLoadingError is one
                time.sleep(0.005)
        return False

    def clock(self):
        seconds, micros = self.client.time()
        return seconds * 1_000_000 + micros

    def kill(self):
        """As kill -9 does."""
        self.process.kill()
        self.process.wait()

    def freeze(self):
        """Connections stay open, and nothing answers."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

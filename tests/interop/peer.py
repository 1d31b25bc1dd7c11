"""The Rust half: the program `peer` of hybrid-cache-tower, told line by line what to do."""

import os
import subprocess


class Peer:
    def __init__(self, redis):
        program = os.environ.get("HYBRID_CACHE_PEER")
        if not program:
            raise RuntimeError("HYBRID_CACHE_PEER does not name the program: run `npm test -- django`")
        environment = os.environ | {"REDIS_URL": redis.url, "CACHE_KEY_PREFIX": "revisbali"}
        self.process = subprocess.Popen(
            [program], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().rstrip("\n")
        if self.process.poll() is not None or not answer:
            raise RuntimeError(f"the peer ended while it was asked to {' '.join(words)}")
        return answer

    def end(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

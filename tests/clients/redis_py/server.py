"""Where the server under test listens, and clients of it."""

import os
import unittest

import redis

PORT = int(os.environ["LANEKV_TEST_PORT"])
PROTOCOL = int(os.environ["LANEKV_TEST_PROTOCOL"])


def client_options(**options):
    """Options of a client of the server; redis-py before 5.0 has RESP2 alone."""
    options.setdefault("decode_responses", True)
    if PROTOCOL == 3:
        options["protocol"] = 3
    return {"host": "127.0.0.1", "port": PORT, **options}


class ServerTest(unittest.TestCase):
    """A test with a client `self.r` of the emptied server."""

    def setUp(self):
        self.r = redis.Redis(**client_options())
        self.r.flushall()

    def tearDown(self):
        self.r.connection_pool.disconnect()

    def another(self, **options):
        """A client with a pool of its own, ended with the test."""
        client = redis.Redis(**client_options(**options))
        self.addCleanup(client.connection_pool.disconnect)
        return client

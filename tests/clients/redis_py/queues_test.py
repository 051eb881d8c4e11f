"""Blocking pops and consumer groups of redis-py: workers that wait for jobs."""

import threading
import unittest

import redis

from server import ServerTest


class BlockingPops(ServerTest):
    def test_a_worker_waits_for_jobs(self):
        done = []

        def work():
            worker = self.another()
            while True:
                queue, job = worker.blpop(["urgent", "jobs"])
                if job == "stop":
                    return
                done.append((queue, job))

        thread = threading.Thread(target=work)
        thread.start()
        for i in range(100):
            self.r.rpush("jobs", i)
        self.r.rpush("urgent", "now")
        self.r.rpush("jobs", "stop")
        thread.join()
        self.assertIn(("urgent", "now"), done)
        self.assertEqual([job for queue, job in done if queue == "jobs"],
                         [str(i) for i in range(100)])

    def test_waiting_ends_without_a_job(self):
        r = self.r
        self.assertIsNone(r.blpop("none", timeout=0.05))
        self.assertIsNone(r.brpop(["none", "neither"], timeout=0.05))
        self.assertIsNone(r.bzpopmin("none", timeout=0.05))
        self.assertIsNone(r.blmove("none", "other", 0.05, "LEFT", "RIGHT"))
        self.assertIsNone(r.blmpop(0.05, 1, "none", direction="LEFT"))
        self.assertEqual(r.dbsize(), 0)

    def test_a_reliable_queue(self):
        r = self.r
        r.rpush("jobs", "a", "b")
        self.assertEqual(r.blmove("jobs", "working", 5), "a")
        self.assertEqual(r.brpoplpush("jobs", "working", 5), "b")
        self.assertEqual(r.lrange("working", 0, -1), ["b", "a"])
        self.assertEqual(r.lrem("working", 1, "a"), 1)
        r.zadd("due", {"late": 20, "soon": 10})
        key, member, score = r.bzpopmin(["none", "due"], timeout=5)
        self.assertEqual((key, member, score), ("due", "soon", 10.0))

    def test_a_timeout_of_the_socket_leaves_the_server_well(self):
        impatient = self.another(socket_timeout=0.1)
        with self.assertRaises(redis.exceptions.TimeoutError):
            impatient.blpop("jobs", timeout=30)
        # The connection that gave up is closed and must get no job.
        while any(c["cmd"] == "blpop" for c in self.r.client_list()):
            pass
        self.r.rpush("jobs", "kept")
        self.assertEqual(impatient.lpop("jobs"), "kept")


class ConsumerGroups(ServerTest):
    def setUp(self):
        super().setUp()
        self.r.xgroup_create("events", "group", id="0", mkstream=True)

    def read(self, consumer, start=">", **options):
        """The entries that `consumer` gets: pairs of id and fields."""
        replies = self.r.xreadgroup("group", consumer, {"events": start}, **options)
        if not replies:
            return []
        if isinstance(replies, dict):  # RESP3
            return [tuple(entry) for entry in replies["events"][0]]
        return replies[0][1]

    def test_workers_share_a_stream(self):
        r = self.r
        ids = [r.xadd("events", {"n": i}) for i in range(100)]
        seen = {}

        def work(name):
            while len(seen) < len(ids):
                entries = self.read(name, count=7, block=50)
                for id, fields in entries:
                    seen.setdefault(id, []).append(fields["n"])
                if entries:
                    r.xack("events", "group", *[id for id, _ in entries])

        threads = [threading.Thread(target=work, args=(f"w{i}",)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([seen[id] for id in ids], [[str(i)] for i in range(100)])
        pending = r.xpending("events", "group")
        self.assertEqual(pending["pending"], 0)
        group, = r.xinfo_groups("events")
        self.assertEqual(group["last-delivered-id"], ids[-1])
        self.assertEqual((group["entries-read"], group["lag"]), (100, 0))

    def test_lost_jobs_are_claimed(self):
        r = self.r
        ids = [r.xadd("events", {"n": i}) for i in range(10)]
        self.assertEqual(len(self.read("dead", count=6)), 6)
        self.assertEqual(len(self.read("slow", count=2)), 2)
        self.assertEqual([id for id, _ in self.read("dead", start="0")], ids[:6])
        pending = r.xpending("events", "group")
        self.assertEqual((pending["pending"], pending["min"], pending["max"]),
                         (8, ids[0], ids[7]))
        self.assertEqual({c["name"]: c["pending"] for c in pending["consumers"]},
                         {"dead": 6, "slow": 2})
        claimed = r.xclaim("events", "group", "me", 0, ids[:2])
        self.assertEqual([id for id, _ in claimed], ids[:2])
        reply = r.xautoclaim("events", "group", "me", 0, start_id=ids[2], count=3)
        self.assertEqual(reply[0], ids[5])
        self.assertEqual([id for id, _ in reply[1]], ids[2:5])
        # Delivered, read again from the history, claimed.
        one = r.xpending_range("events", "group", "-", "+", 10, consumername="me")
        self.assertEqual([(p["message_id"], p["times_delivered"]) for p in one],
                         [(id, 3) for id in ids[:5]])
        self.assertEqual(r.xgroup_delconsumer("events", "group", "slow"), 2)
        self.assertEqual(r.xack("events", "group", *ids), 6)
        self.assertEqual({c["name"] for c in r.xinfo_consumers("events", "group")},
                         {"dead", "me"})

    def test_the_stream_is_trimmed_and_described(self):
        r = self.r
        for i in range(1000):
            r.xadd("events", {"n": i}, maxlen=100, approximate=True)
        self.assertTrue(100 <= r.xlen("events") <= 200)
        r.xtrim("events", maxlen=10, approximate=False)
        info = r.xinfo_stream("events")
        self.assertEqual((info["length"], info["entries-added"], info["groups"]),
                         (10, 1000, 1))
        (last, fields), = r.xrevrange("events", count=1)
        self.assertEqual((info["last-generated-id"], fields), (last, {"n": "999"}))
        full = r.xinfo_stream("events", full=True)
        self.assertEqual(full["length"], 10)
        with self.assertRaisesRegex(redis.ResponseError, "BUSYGROUP"):
            r.xgroup_create("events", "group")
        self.assertTrue(r.xgroup_destroy("events", "group"))
        with self.assertRaisesRegex(redis.ResponseError, "NOGROUP"):
            self.read("anyone")


if __name__ == "__main__":
    unittest.main()

"""Transactions, watched keys, pools of connections and locks of redis-py."""

import threading
import time
import unittest

import redis

from server import ServerTest, client_options


class Transactions(ServerTest):
    def test_a_transaction_gives_all_replies(self):
        with self.r.pipeline(transaction=True) as pipe:
            pipe.set("a", 1).incr("a").hset("h", mapping={"f": "v"})
            pipe.hgetall("h").smembers("none").zadd("z", {"m": 1.5})
            pipe.zrange("z", 0, -1, withscores=True)
            replies = pipe.execute()
        self.assertEqual(replies[:6], [True, 2, 1, {"f": "v"}, set(), 1])
        self.assertEqual([tuple(pair) for pair in replies[6]], [("m", 1.5)])

    def test_failures_name_their_command(self):
        with self.r.pipeline() as pipe:
            pipe.set("text", "x").incr("text").set("after", 1)
            with self.assertRaisesRegex(redis.ResponseError, r"Command # 2"):
                pipe.execute()
        self.assertEqual(self.r.get("after"), "1")
        with self.r.pipeline() as pipe:
            pipe.set("never", 1).execute_command("SET", "never")
            with self.assertRaises(redis.ResponseError):
                pipe.execute()
        self.assertFalse(self.r.exists("never"))

    def test_a_watched_key_that_changed(self):
        other = self.another()
        self.r.set("a", 1)
        with self.r.pipeline() as pipe:
            pipe.watch("a")
            before = int(pipe.get("a"))
            other.set("a", 10)
            pipe.multi()
            pipe.set("a", before + 1)
            with self.assertRaises(redis.WatchError):
                pipe.execute()
            pipe.watch("a")
            pipe.unwatch()
            other.incr("a")
            pipe.set("b", 1)
            self.assertEqual(self.r.get("a"), "11")

    def test_threads_count_together_by_watching(self):
        r = self.r
        r.set("count", 0)

        def add_one(pipe):
            seen = int(pipe.get("count"))
            pipe.multi()
            pipe.set("count", seen + 1)

        def work():
            for _ in range(25):
                r.transaction(add_one, "count")

        run_together(work, 4)
        self.assertEqual(r.get("count"), "100")


class Pools(ServerTest):
    def test_threads_share_a_pool(self):
        pool = redis.BlockingConnectionPool(
            **client_options(max_connections=3, timeout=30))
        self.addCleanup(pool.disconnect)

        def work():
            r = redis.Redis(connection_pool=pool)
            for _ in range(50):
                with r.pipeline() as pipe:
                    total, name = pipe.incr("total").get("name").execute()
                    assert total > 0 and name is None

        run_together(work, 8)
        self.assertEqual(self.r.get("total"), "400")
        users = [c for c in self.r.client_list() if c["id"] != str(self.r.client_id())]
        self.assertTrue(len(users) <= 3, users)

    def test_databases_are_apart(self):
        other = self.another(db=5)
        self.r.set("key", "in 0")
        self.assertIsNone(other.get("key"))
        other.set("key", "in 5")
        self.assertEqual(self.r.get("key"), "in 0")
        self.assertEqual(other.client_info()["db"], 5)
        self.assertTrue(self.r.swapdb(0, 5))
        self.assertEqual(other.get("key"), "in 0")

    def test_a_killed_connection_is_made_again(self):
        victim = self.another()
        victim.set("key", 1)
        self.r.client_kill_filter(_id=victim.client_id())
        self.assertEqual(victim.get("key"), "1")


class Locks(ServerTest):
    """Taking a lock needs no script; `release`, `extend` and `reacquire` wait
    for scripts, so locks end here by their timeout or by DEL."""

    def test_one_holder_at_a_time(self):
        first = self.r.lock("lock", timeout=100)
        second = self.r.lock("lock", timeout=100)
        self.assertTrue(first.acquire(blocking=False))
        self.assertTrue(first.locked() and first.owned())
        self.assertFalse(second.acquire(blocking=False))
        self.assertFalse(second.owned())
        self.assertTrue(90 < self.r.ttl("lock") <= 100)
        self.r.delete("lock")
        self.assertTrue(second.acquire(blocking=False))
        self.assertFalse(first.owned())

    def test_a_lock_that_ended_is_taken(self):
        self.assertTrue(self.r.lock("lock", timeout=0.05).acquire())
        waiting = self.r.lock("lock", timeout=100, sleep=0.01)
        self.assertTrue(waiting.acquire(blocking=True, blocking_timeout=30))


def run_together(work, count):
    """Runs `work` in `count` threads, and raises what one of them raised."""
    failures = []

    def run():
        try:
            work()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


if __name__ == "__main__":
    unittest.main()

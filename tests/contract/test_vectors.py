"""Reads vectors.json with reader.py.

    python3 -m unittest discover -s tests/contract -v
"""

import json
import pathlib
import unittest

import reader

VECTORS = json.loads(
    (pathlib.Path(__file__).parents[2] / "crates/hybrid-cache-contract/vectors.json").read_text(encoding="utf-8")
)


class Vectors(unittest.TestCase):
    def check(self, cases, read):
        self.assertTrue(cases)
        for case in cases:
            with self.subTest(case=case):
                meaning = read(case["in"])
                self.assertEqual(meaning, case["out"])
                # True == 1 in Python; a version or an age must not be a boolean, nor the reverse.
                self.assertIs(type(meaning), type(case["out"]))

    def check_against_unset(self, vectors, read):
        cases = [
            case | {"out": None if case["out"] is None else self.over(vectors["unset"], case["out"])}
            for case in vectors["cases"]
        ]
        self.check(cases, read)

    def over(self, unset, out):
        self.assertLessEqual(out.keys(), unset.keys())
        return unset | out

    def test_version(self):
        self.check(VECTORS["version"], reader.version)

    def test_enabled(self):
        self.check(VECTORS["enabled"], reader.enabled)

    def test_scope(self):
        self.check(VECTORS["scope"], reader.scope)

    def test_policy(self):
        self.check_against_unset(VECTORS["policy"], reader.policy)

    def test_written_policies_are_read_as_they_were_meant(self):
        for case in VECTORS["policy"]["written"]:
            with self.subTest(case=case):
                meant = self.over(VECTORS["policy"]["unset"], case["policy"])
                self.assertEqual(reader.policy(case["out"]), meant)

    def test_cache_control(self):
        self.check_against_unset(VECTORS["cacheControl"], reader.cache_control)

    def test_age(self):
        self.check(VECTORS["age"], reader.age)

    def test_date(self):
        self.check(VECTORS["date"], reader.date)

    def test_groups(self):
        self.check(VECTORS["groups"]["cases"], reader.groups)

    def test_written_groups_are_read_as_they_were_meant(self):
        for case in VECTORS["groups"]["written"]:
            if case["out"] is not None:
                with self.subTest(case=case):
                    self.assertEqual(reader.groups(case["out"]), case["groups"])

    def test_limits_of_groups(self):
        limits = VECTORS["groups"]["limits"]
        self.assertEqual(limits, {"groups": reader.MAX_GROUPS, "length": reader.MAX_GROUP_LENGTH})
        longest = '"' + "x" * limits["length"] + '"'
        most = ", ".join([longest] * limits["groups"])
        self.assertEqual(len(reader.groups(most)), limits["groups"])
        self.assertIsNone(reader.groups(most + ', "x"'))
        self.assertIsNone(reader.groups(longest[:-1] + 'x"'))

    def test_user_id(self):
        self.check(VECTORS["userId"], reader.user_id)

    def test_redis_keys(self):
        for case in VECTORS["redisKeys"]:
            with self.subTest(case=case):
                self.assertEqual(reader.user_version_key(case["user"], case["prefix"]), case["userVersion"])
                query = reader.query_key(case["user"], case["version"], case["hash"], case["prefix"])
                self.assertEqual(query, case["query"])

    def test_stamp(self):
        self.check_against_unset(VECTORS["stamp"], reader.stamp)


if __name__ == "__main__":
    unittest.main()

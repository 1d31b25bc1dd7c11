"""A reader of hybrid-cache's header contract, in Python's standard library alone.

It exists to show that docs/contract.md can be implemented from its text, and to be held against the same vectors as the
Rust crate. Each function takes a field value as HTTP delivers it (several field lines joined by a comma, the blanks
around it gone) and returns its meaning, or None where it is not valid. Servers need only the writing half; a test of a
server may use this file to judge what it writes.

It decides nothing about storing or serving, and it is written to be read, not to be fast.
"""

import datetime
import re

MAX_VERSION = 2**53 - 1
MAX_SECONDS = 2**31
MAX_GROUPS = 32
MAX_GROUP_LENGTH = 128

# The characters of a token, RFC 9110 section 5.6.2.
_TCHAR = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]"


def version(value):
    """X-Cache-Version: an integer from 1 to 2^53 - 1 without sign and leading zero."""
    if not re.fullmatch(r"[1-9][0-9]{0,15}", value):
        return None
    number = int(value)
    return number if number <= MAX_VERSION else None


def enabled(value):
    """X-Cache-Enabled: exactly true or false."""
    return {"true": True, "false": False}.get(value)


def scope(value):
    """X-Cache-Scope: an opaque token of 1 to 128 characters."""
    return value if re.fullmatch(_TCHAR + "{1,128}", value) else None


def user_id(value):
    """Is this a user id that may stand in a Redis key?"""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value) is not None


def user_version_key(user, prefix=""):
    """The Redis key of a user's version counter."""
    return f"{prefix}cache_user_version:{user}"


def query_key(user, user_version, digest, prefix=""):
    """The Redis key of a cached database query of a user."""
    return f"{prefix}cache:{user}:v{user_version}:cacheops:{digest}"


def _seconds(digits):
    """RFC 9111 section 1.2.2; more than 2^31 counts as 2^31."""
    return min(int(digits), MAX_SECONDS) if re.fullmatch(r"[0-9]+", digits) else None


def age(value):
    """Age: of several values the first counts."""
    return _seconds(value.split(",")[0].strip(" \t"))


# Structured fields, RFC 9651. The grammar is regular, since inner lists do not nest.
_KEY = r"[a-z*][a-z0-9_\-.*]*"
_BARE_ITEM = (
    r"(?:"
    r"-?[0-9]{1,12}\.[0-9]{1,3}"  # decimal
    r"|-?[0-9]{1,15}"  # integer
    r'|"(?:[ !#-\[\]-~]|\\["\\])*"'  # string
    r"|[A-Za-z*](?:" + _TCHAR + r"|[:/])*"  # token
    r"|:[A-Za-z0-9+/=]*:"  # byte sequence
    r"|\?[01]"  # boolean
    r"|@-?[0-9]{1,15}"  # date
    r'|%"(?:[ !#$&-~]|%[0-9a-f]{2})*"'  # display string
    r")"
)
_PARAMETERS = rf"(?:; *{_KEY}(?:={_BARE_ITEM})?)*"
_ITEM = _BARE_ITEM + _PARAMETERS
_INNER_LIST = rf"\( *(?:{_ITEM}(?: +{_ITEM})*)? *\)"
_LIST_MEMBER = re.compile(rf"(?P<value>{_BARE_ITEM}|{_INNER_LIST}){_PARAMETERS}")
_DICTIONARY_MEMBER = re.compile(rf"(?P<key>{_KEY})(?:=(?P<value>{_BARE_ITEM}|{_INNER_LIST}))?{_PARAMETERS}")
_SEPARATOR = re.compile(r"[ \t]*,[ \t]*")


def _members(value, member):
    """The matches of every member, or None where anything between or within them is malformed."""
    value = value.strip(" ")
    found = []
    at = 0
    while at < len(value):
        match = member.match(value, at)
        if match is None:
            return None
        found.append(match)
        at = match.end()
        if re.fullmatch(r"[ \t]*", value[at:]):
            return found
        separator = _SEPARATOR.match(value, at)
        if separator is None or separator.end() == len(value):
            return None
        at = separator.end()
    return found


def policy(value):
    """Hybrid-Cache-Control: a dictionary of cache directives, RFC 9213."""
    members = _members(value, _DICTIONARY_MEMBER)
    if not members:
        return None
    # Of a repeated key the last one counts. A key without a value is true.
    said = {match["key"]: match["value"] or "?1" for match in members}

    def flag(name):
        if said.get(name, "?1") != "?1":
            raise ValueError(name)
        return name in said

    def seconds(name):
        if name not in said:
            return None
        if not re.fullmatch(r"[0-9]+|-0+", said[name]):
            raise ValueError(name)
        return min(abs(int(said[name])), MAX_SECONDS)

    try:
        # no-cache may carry a string of field names; it counts in full.
        no_cache = said.get("no-cache", "").startswith('"') or flag("no-cache")
        no_store = flag("no-store") or no_cache
        must_revalidate = flag("must-revalidate")
        max_age = seconds("max-age")
        stale = [seconds("stale-while-revalidate"), seconds("stale-if-error")]
    except ValueError:
        return None
    if must_revalidate:
        stale = [0, 0]
    return {"noStore": no_store, "maxAge": max_age, "staleWhileRevalidate": stale[0], "staleIfError": stale[1]}


def groups(value):
    """Cache-Groups and Cache-Group-Invalidation: a list of strings, RFC 9875."""
    members = _members(value, _LIST_MEMBER)
    if members is None or len(members) > MAX_GROUPS:
        return None
    names = []
    for match in members:
        quoted = match["value"]
        if not quoted.startswith('"') or not 1 <= len(quoted) - 2 <= MAX_GROUP_LENGTH:
            return None
        names.append(re.sub(r"\\(.)", r"\1", quoted[1:-1]))
    return names


def cache_control(value):
    """Cache-Control, read leniently and to the stricter meaning; never None."""
    flags = {"no-store": "noStore", "no-cache": "noCache", "private": "private", "public": "public"}
    flags["must-revalidate"] = "mustRevalidate"
    durations = {
        "max-age": "maxAge",
        "stale-while-revalidate": "staleWhileRevalidate",
        "stale-if-error": "staleIfError",
    }
    said = {name: False for name in flags.values()} | {name: None for name in durations.values()}
    member = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*")*', re.DOTALL)
    at = 0
    while at < len(value):
        match = member.match(value, at)
        if match.end() < len(value) and value[match.end()] != ",":
            said["noStore"] = True  # A quoted string without an end: what else was said cannot be told.
            break
        at = match.end() + 1
        name, _, argument = (part.strip(" \t") for part in match[0].partition("="))
        name = name.lower()
        if name in flags:
            said[flags[name]] = True
        elif name in durations:
            if len(argument) >= 2 and argument[0] == argument[-1] == '"':
                argument = argument[1:-1]
            seconds = _seconds(argument) or 0
            known = said[durations[name]]
            said[durations[name]] = seconds if known is None else min(known, seconds)
    return said


_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_LONG_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_DATE_FORMS = [
    re.compile(_DAY + r", (?P<day>[0-9]{2}) (?P<month>[A-Z][a-z]{2}) (?P<year>[0-9]{4}) " + _TIME + " GMT"),
    re.compile(_LONG_DAY + r", (?P<day>[0-9]{2})-(?P<month>[A-Z][a-z]{2})-(?P<year>[0-9]{2}) " + _TIME + " GMT"),
    re.compile(_DAY + r" (?P<month>[A-Z][a-z]{2}) (?P<day>[ 0-9][0-9]) " + _TIME + " (?P<year>[0-9]{4})"),
]


def date(value):
    """Date in any of the three forms of RFC 9110 section 5.6.7, in seconds since the Unix epoch."""
    match = next(filter(None, (form.fullmatch(value) for form in _DATE_FORMS)), None)
    if match is None or match["month"] not in _MONTHS:
        return None
    year, day = int(match["year"]), int(match["day"])
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    if len(match["year"]) == 2:
        year += 2000 if year < 70 else 1900
    if hour > 23 or minute > 59 or second > 60:
        return None
    try:
        days = (datetime.date(year, _MONTHS.index(match["month"]) + 1, day) - datetime.date(1970, 1, 1)).days
    except ValueError:
        return None
    return days * 86_400 + hour * 3_600 + minute * 60 + second


def stamp(headers):
    """Everything a response says; `headers` maps field names, in any letter case, to field values."""
    values = {name.lower(): value for name, value in headers.items()}

    def read(name, reader):
        return reader(values[name]) if name in values else None

    def invalid(name, reader):
        return name in values and reader(values[name]) is None

    def named(name, reader):
        if name not in values:
            return "absent"
        meaning = reader(values[name])
        return "invalid" if meaning is None else meaning

    return {
        "version": named("x-cache-version", version),
        "enabled": read("x-cache-enabled", enabled),
        "enabledInvalid": invalid("x-cache-enabled", enabled),
        "scope": read("x-cache-scope", scope),
        "scopeInvalid": invalid("x-cache-scope", scope),
        "policy": read("hybrid-cache-control", policy),
        "policyInvalid": invalid("hybrid-cache-control", policy),
        "cacheControl": read("cache-control", cache_control),
        "age": read("age", age),
        "date": read("date", date),
        "groups": named("cache-groups", groups),
        "groupInvalidation": named("cache-group-invalidation", groups),
    }

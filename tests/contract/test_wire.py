"""Bad input on the wire: nothing that arrives takes a service down, changes anything, or is quoted in a log."""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared.messaging import topology
from tests.contract.raw import Caller, captured_log, raw_channel
from tests.story import award, open_programme
from tests.worlds import World, eventually

MARK = "hemmelig.borger"
"""Stands in every bad body, and is looked for in the log; not a personal number, which would be redacted there."""
NUMBER = "471147114711"


def _request(**kwargs: Any) -> bytes:
    return json.dumps({"args": [], "kwargs": kwargs}).encode()


UNREADABLE: dict[str, dict[str, Any]] = {
    "not JSON": {"body": f'{{"args": [], "{MARK}'.encode()},
    "invalid UTF-8": {"body": b'{"args": [], "kwargs": {"x": "\xff\xfe' + MARK.encode() + b'"}}'},
    "another encoding than it says": {"body": _request(note=MARK).decode().encode("utf-16"), "encoding": "utf-8"},
    "nested 100,000 deep": {"body": f'{{"{MARK}":{"[" * 100_000}{"]" * 100_000}}}'.encode()},
    "a number of 10,000 digits": {"body": b'{"args": [], "kwargs": {"after": ' + b"1" * 10_000 + b"}}"},
    "a pickle": {"body": pickle.dumps(MARK), "content_type": "application/x-pickle", "encoding": "binary"},
    "a pickle by kombu's name": {"body": pickle.dumps(MARK), "content_type": "application/x-python-serialize"},
    "plain text": {"body": MARK.encode(), "content_type": "text/plain"},
    "a structured CloudEvent": {"body": _request(note=MARK), "content_type": "application/cloudevents+json"},
    "a compression nobody knows": {"body": _request(note=MARK), "headers": {"compression": MARK}},
    "compressed badly": {"body": zlib.compress(b"x")[:-3], "headers": {"compression": "application/x-gzip"}},
}
NOBODY_TO_ANSWER: dict[str, dict[str, Any]] = {
    "no reply_to": {"body": _request(after=0, note=MARK), "reply_to": None},
    "no correlation_id": {"body": _request(after=0, note=MARK), "correlation_id": None},
    "neither": {"body": _request(after=0, note=MARK), "reply_to": None, "correlation_id": None},
    "an empty reply_to": {"body": _request(after=0, note=MARK), "reply_to": ""},
}
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "a list": ("REQUEST_MALFORMED", {"body": json.dumps([MARK]).encode()}),
    "a string": ("REQUEST_MALFORMED", {"body": json.dumps(MARK).encode()}),
    "nothing at all": ("REQUEST_MALFORMED", {"body": b""}),
    "null": ("REQUEST_MALFORMED", {"body": b"null"}),
    "a number": ("REQUEST_MALFORMED", {"body": NUMBER.encode()}),
    "true": ("REQUEST_MALFORMED", {"body": b"true"}),
    "an empty object": ("REQUEST_MALFORMED", {"body": b"{}"}),
    "no content type, which is read as JSON": ("INPUT_INVALID", {"body": _request(note=MARK), "content_type": None}),
    "arguments by place": ("REQUEST_MALFORMED", {"body": json.dumps({"args": [MARK], "kwargs": {}}).encode()}),
    "args as an object": ("REQUEST_MALFORMED", {"body": json.dumps({"args": {MARK: 1}, "kwargs": {}}).encode()}),
    "no args": ("REQUEST_MALFORMED", {"body": json.dumps({"kwargs": {"note": MARK}}).encode()}),
    "no kwargs": ("REQUEST_MALFORMED", {"body": json.dumps({"args": []}).encode()}),
    "kwargs as a list": ("REQUEST_MALFORMED", {"body": json.dumps({"args": [], "kwargs": [MARK]}).encode()}),
    "kwargs as text": ("REQUEST_MALFORMED", {"body": json.dumps({"args": [], "kwargs": MARK}).encode()}),
    "a method that is not there": ("METHOD_NOT_FOUND", {"method": "funding.drop_tables", "body": _request(x=MARK)}),
    "an attribute that is no method": ("METHOD_NOT_FOUND", {"method": "funding.host", "body": _request(x=MARK)}),
    "1 MB": ("INPUT_TOO_LARGE", {"body": _request(after=0, note=MARK * 100_000)}),
    "4 MB": ("INPUT_TOO_LARGE", {"body": _request(after=0, note=MARK * 300_000)}),
    "an encoding nobody knows": ("INPUT_INVALID", {"body": _request(note=MARK), "encoding": "martian"}),
    "an unknown field": ("INPUT_INVALID", {"body": _request(after=0, note=MARK)}),
    "a field called self": ("INPUT_INVALID", {"body": _request(after=0, self=MARK)}),
    "half a character": (
        "INPUT_INVALID",
        {"body": b'{"args": [], "kwargs": {"after": "\\ud800' + MARK.encode() + b'"}}'},
    ),
    "not a number": ("INPUT_INVALID", {"body": b'{"args": [], "kwargs": {"after": NaN}}'}),
    "beyond any number": ("INPUT_INVALID", {"body": b'{"args": [], "kwargs": {"after": 1e999}}'}),
    "kombu's private types": ("INPUT_INVALID", {"body": _request(after={"__type__": "decimal", "__value__": "1"})}),
    "headers that claim things": (
        "INPUT_INVALID",
        {"body": _request(note=MARK), "headers": {"nameko.user_id": MARK, "nameko.call_id_stack": MARK, "x": [MARK]}},
    ),
}  # fmt: skip


@contextmanager
def _funding(world: World) -> Iterator[tuple[Caller, Any]]:
    """The funding service, somebody who calls it badly, and its log; at the end it still answers, and has no event."""
    with captured_log() as log, world.services("funding"), raw_channel(world) as raw:
        caller = Caller(raw)
        yield caller, log
        assert caller.call("funding.feed", after=0)["result"] == {"events": [], "head": 0}
        assert MARK not in log.getvalue()
        assert NUMBER not in log.getvalue()


@pytest.mark.parametrize("requests", [UNREADABLE, NOBODY_TO_ANSWER], ids=["unreadable", "nobody to answer"])
def test_a_request_that_cannot_be_read_or_answered_is_set_aside_and_the_next_is_answered(
    world: World, requests: dict[str, dict[str, Any]]
) -> None:
    with _funding(world) as (caller, _log):
        for kind, request in requests.items():
            caller.send("funding.feed", **request)
            assert caller.call("funding.feed", after=0)["error"] is None, kind
            _in_dead_letters(world, caller, request["body"])


def test_a_request_that_can_be_read_but_not_carried_out_is_refused_as_data(world: World) -> None:
    with _funding(world) as (caller, _log):
        found = {}
        for kind, (_code, request) in REFUSED.items():
            caller.send(**({"method": "funding.feed"} | request))
            error = caller.answer()["error"]
            assert set(error["value"]) == {"code", "message", "message_da", "fields", "figures"}, kind
            assert MARK not in json.dumps(error), f"{kind}: the refusal repeats the input"
            found[kind] = error["value"]["code"]
        assert found == {kind: code for kind, (code, _request) in REFUSED.items()}


def test_an_answer_that_nobody_takes_is_dropped(world: World) -> None:
    with _funding(world) as (caller, _log):
        for reply_to in ("nobody", "x" * 255, "#"):
            caller.send("funding.feed", _request(after=0), reply_to=reply_to)


def test_a_hundred_bad_requests_in_a_row_do_not_use_anything_up(world: World) -> None:
    with _funding(world) as (caller, _log):
        for _ in range(25):
            for kind in ("not JSON", "a pickle"):
                caller.send("funding.feed", **UNREADABLE[kind])
            caller.send("funding.feed", **NOBODY_TO_ANSWER["no reply_to"])
            caller.send("funding.feed", **REFUSED["a list"][1])
        codes = [caller.answer()["error"]["value"]["code"] for _ in range(25)]
        assert codes == ["REQUEST_MALFORMED"] * 25


def _in_dead_letters(world: World, caller: Caller, body: bytes) -> None:
    """On RabbitMQ the request lies in the dead letters as it was sent; the embedded broker has none."""
    if world.name != "servers":
        return
    found: list[Any] = []

    def arrived() -> bool:
        found.append(caller.raw.get(topology.DEAD_LETTER_QUEUE))
        return found[-1] is not None

    eventually(arrived)
    sent = found[-1].body
    assert (sent if isinstance(sent, bytes) else sent.encode()) == body
    assert caller.raw.size("rpc-funding") == 0


# Events.


def _event(sequence: Any, **changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0", "id": "1", "source": "/virksom/funding", "type": "funding.grant_awarded",
        "subject": f"grant-{MARK}", "time": "2020-01-01T00:00:00+00:00", "dataschema": "urn:virksom:x:1",
        "sequence": sequence, "data": {"note": MARK},
    } | changes  # fmt: skip


def _garbage(following: int) -> list[Any]:
    """Bodies that are JSON; `following` is the position the consumer waits for, where it would be hurt most.

    A well-formed event of an unknown type is none of them: a newer producer sends such, and they are passed over.
    """
    real = f"{following:020d}"
    shapes: list[Any] = [None, True, 7, -1, "", MARK, [], [MARK], {}, {"data": MARK}, [[[[[]]]]]]
    sequences: list[Any] = [None, "", "x", "-1", "0", "1e3", "٣", " 1", "1_0", "0x1", following, -1, 1.5, True, [], {}]
    sequences += [following + 0.0, 10**30, f"{10**30}", f"{2**63}", "9" * 20, "9" * 5000, float("inf"), float("nan")]
    changed: list[dict[str, Any]] = [
        {"subject": None}, {"subject": 7}, {"subject": [MARK]}, {"subject": ""}, {"subject": "\x00"},
        {"subject": "\ud800"}, {"subject": MARK * 10_000}, {"type": None}, {"type": {}}, {"data": None},
        {"data": MARK}, {"data": []}, {"data": {}}, {"time": None}, {"time": ""}, {"time": MARK}, {"time": 7},
        {"time": "2020-01-01"}, {"time": "9999-99-99T00:00:00Z"}, {"dataschema": None}, {"dataschema": "urn:x:y"},
        {"dataschema": f"urn:x:{10**30}"}, {"dataschema": "urn:x:-5"}, {"specversion": "0.3"}, {"specversion": 1.0},
        {"streamversion": MARK}, {"correlationid": {}}, {"id": None},
    ]  # fmt: skip
    return shapes + [_event(one) for one in sequences] + [_event(real, **one) for one in changed]


def test_garbage_among_the_events_changes_nothing_and_stops_nothing(world: World) -> None:
    with captured_log() as log, world.services("funding", "reporting"), world.client() as rpc:
        open_programme(rpc, knowledge=False, trial=False)
        before = rpc.reporting.programme(wait_for={"funding": 3})["total"]
        with raw_channel(world) as raw:
            for exchange, key in (("funding.events", "funding.grant_awarded"), ("", "reporting.subscription.funding")):
                for body in _garbage(following=4):
                    raw.publish(exchange, key, json.dumps(body).encode())
                for request in UNREADABLE.values():
                    raw.publish(exchange, key, **request)
            eventually(lambda: raw.size("reporting.subscription.funding") == 0)
        assert rpc.reporting.programme()["total"] == before
        assert rpc.reporting.programme()["positions"]["funding"] == 3

        position = award(rpc, "g1", "0101", 1_00)["position"]
        assert rpc.reporting.programme(wait_for={"funding": position})["total"]["awarded_oere"] == 1_00
        assert rpc.reporting.feed(after=0)["head"] == 0
        assert MARK not in log.getvalue()
        assert "event parked" not in log.getvalue()

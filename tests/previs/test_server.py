import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from previs.sample import STAGING
from setpiece.errors import InputError
from setpiece.previs.camera_rules import crossings
from setpiece.previs.server import propose

WIDE = {"type": "establishing", "size": "LS", "subjects": ["ANA", "MARCO"], "first": 0, "last": 0,
    "reason": "See the kitchen."}  # fmt: skip
ASKS = {"type": "ots", "size": "MCU", "subjects": ["ANA"], "over": "MARCO", "first": 1, "last": 2,
    "reason": "She asks."}  # fmt: skip
COMES = {"type": "group", "size": "MLS", "subjects": ["BEA", "ANA", "MARCO"], "first": 3, "last": 3,
    "reason": "Bea comes in."}  # fmt: skip


class _Server(BaseHTTPRequestHandler):
    asked: ClassVar[dict[str, object]] = {}

    def do_POST(self) -> None:
        type(self).asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        shots: dict[str, list[dict[str, object]]] = {
            "good": [WIDE, ASKS, COMES],
            "stranger": [WIDE, {**ASKS, "subjects": ["ZOE"]}, COMES],
            "size": [{**WIDE, "size": "HUGE"}, ASKS, COMES],
            "gap": [WIDE, COMES],
            "short": [WIDE, ASKS],
            "far": [WIDE, {**ASKS, "last": 40}],
        }
        content = json.dumps({"shots": shots[self.path.strip("/").split("/")[0]]})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"choices": [{"message": {"content": content}}]}).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = HTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


def test_a_server_proposes_and_our_rules_place_the_camera(server: str) -> None:
    made = propose(STAGING, f"{server}/good", model="tiny")
    assert made.shots[0].type == "establishing"
    assert [s.subjects[0] for s in made.shots] == ["ANA", "ANA", "BEA"]
    assert made.shots[1].reason.startswith("She asks.")
    assert made.by.startswith(server)
    assert crossings(STAGING, made.shots) == []
    assert "Say it." in json.dumps(_Server.asked)


@pytest.mark.parametrize(
    ("manner", "says"),
    [
        ("stranger", "shot 2 of scene 1: 'ZOE' is not in the scene"),
        ("size", "size"),
        ("gap", "begins at beat 3; beat 1 is next"),
        ("short", "left out beats 3"),
        ("far", "no beats 1 to 40"),
    ],
)
def test_a_proposal_that_is_not_of_this_scene_is_refused(
    server: str, manner: str, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        propose(STAGING, f"{server}/{manner}")

"""A client that speaks plain HTTP to a server started as people start it."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

import assay
from assay.project.project import Project


@dataclass
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def table(self) -> pa.Table:
        return pa.ipc.open_stream(self.body).read_all()


@dataclass
class Client:
    """Speaks HTTP to the server, nothing added but the token."""

    host: str
    port: int
    token: str
    project: Project

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        given = dict(headers or {})
        if isinstance(body, bytes):
            given.setdefault("Content-Type", "application/octet-stream")
        elif body is not None:
            body = json.dumps(body).encode()
            given.setdefault("Content-Type", "application/json")
        connection.request(method, path, body, given)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, found, response.read())
        connection.close()
        return answer

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        return self.send(method, path, body, {"Authorization": f"Bearer {self.token}", **headers})

    def get(self, path: str, **headers: str) -> Any:
        answer = self.ask("GET", path, **headers)
        assert answer.status == 200, answer.body[:500]
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.ask("POST", path, {} if body is None else body)
        assert answer.status == 200, answer.body[:500]
        return answer.json()

    def finish(self, job: str) -> dict[str, Any]:
        """Follow a job's events to its end."""
        events = self.ask("GET", f"/api/jobs/{job}/events").body.decode().strip().split("\n\n")
        name, data = events[-1].split("\n", 1)
        found = json.loads(data.removeprefix("data: "))
        assert name == f"event: {found['state']}"
        return found


class Serving:
    """The server as a process of its own, as people start it."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder, self._options = folder, options

    def __enter__(self) -> Client:
        program = "from assay.cli.main import main; main()"
        command = [sys.executable, "-c", program, "serve", "--project", str(self._folder)]
        command += ["--json", "--no-open", "--port", "0", *self._options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        first = json.loads(self._process.stdout.readline())
        parts = urlsplit(first["url"])
        assert parts.hostname and parts.port
        return Client(parts.hostname, parts.port, first["token"], assay.open(self._folder))

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

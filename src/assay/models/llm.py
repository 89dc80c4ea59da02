"""One client for chat models behind any OpenAI-compatible endpoint, which is trusted in nothing."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assay.errors import AssayError, UsageError

MAX_ANSWER = 4 << 20
"""Bytes of an answer that are read, at most."""
SECONDS = 60.0


class ModelError(AssayError):
    """The model's endpoint does not answer, or not as one that is OpenAI-compatible does."""


@dataclass(frozen=True)
class Endpoint:
    """Where a chat model answers.

    Attributes:
        url: Base of its API, such as `http://localhost:8000/v1`.
        model: Name of the model there.
        key: Sent as bearer token; none if empty. Never shown.
        seconds: How long to wait for an answer.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = SECONDS

    @property
    def host(self) -> str:
        """Host and port, for people."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


@dataclass(frozen=True)
class ToolCall:
    """A call that the model asks for.

    Attributes:
        id: Its key in the conversation.
        name: Tool that is asked for; it may not exist.
        arguments: As the model wrote them: JSON, or not.
    """

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Reply:
    """What the model said."""

    text: str
    calls: tuple[ToolCall, ...] = ()


def configured(environment: Mapping[str, str] = os.environ) -> Endpoint | None:
    """The endpoint that the environment names; None where it names none.

    `ASSAY_LLM_URL` and `ASSAY_LLM_MODEL` say where and what; `ASSAY_LLM_KEY`, or the file that
    `ASSAY_LLM_KEY_FILE` names, holds the key; `ASSAY_LLM_SECONDS` how long to wait.

    Raises:
        UsageError: What is named is not usable.
    """
    url = environment.get("ASSAY_LLM_URL", "").strip().rstrip("/")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            "ASSAY_LLM_URL is not the address of an endpoint.",
            allowed="an http or https URL, such as http://localhost:8000/v1",
        )
    model = environment.get("ASSAY_LLM_MODEL", "").strip()
    if not model:
        raise UsageError(
            "ASSAY_LLM_URL is set, but ASSAY_LLM_MODEL does not say which model to use there.",
            remedy="set ASSAY_LLM_MODEL to a name that the endpoint knows",
        )
    key = environment.get("ASSAY_LLM_KEY", "")
    file = environment.get("ASSAY_LLM_KEY_FILE")
    if not key and file:
        try:
            key = Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError("ASSAY_LLM_KEY_FILE cannot be read.", where=file) from error
    try:
        seconds = float(environment.get("ASSAY_LLM_SECONDS", SECONDS))
    except ValueError as error:
        raise UsageError("ASSAY_LLM_SECONDS is not a number of seconds.") from error
    return Endpoint(url, model, key, max(1.0, seconds))


def chat(
    endpoint: Endpoint, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]
) -> Reply:
    """One turn of a conversation.

    Args:
        endpoint: Where the model answers.
        messages: The conversation so far, as OpenAI's chat completions have it.
        tools: The functions that it may ask for, as JSON schemas.

    Raises:
        ModelError: It does not answer in time, refuses, or answers something else than a message.
    """
    body = {"model": endpoint.model, "messages": list(messages), "temperature": 0}
    if tools:
        body["tools"] = [{"type": "function", "function": dict(tool)} for tool in tools]
    return _reply(endpoint, _post(endpoint, json.dumps(body).encode()))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to where nobody said it should go."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _post(endpoint: Endpoint, body: bytes) -> bytes:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    request = urllib.request.Request(  # noqa: S310 - http or https, by `configured`
        f"{endpoint.url}/chat/completions", body, headers, method="POST"
    )
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=endpoint.seconds) as response:
            answer: bytes = response.read(MAX_ANSWER + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise ModelError(
            f"The model's endpoint answered {error.code} {error.reason}.",
            where=endpoint.host,
            remedy="check ASSAY_LLM_URL, ASSAY_LLM_MODEL and ASSAY_LLM_KEY",
        ) from error
    except TimeoutError as error:
        raise _late(endpoint) from error
    except (OSError, ValueError) as error:
        if isinstance(getattr(error, "reason", None), TimeoutError):
            raise _late(endpoint) from error
        raise ModelError(
            f"The model's endpoint cannot be reached: {getattr(error, 'reason', error)}.",
            where=endpoint.host,
            remedy="start it, or set ASSAY_LLM_URL to where it answers",
        ) from error
    if len(answer) > MAX_ANSWER:
        raise ModelError("The model's answer is longer than 4 MB.", where=endpoint.host)
    return answer


def _late(endpoint: Endpoint) -> ModelError:
    return ModelError(
        f"The model did not answer within {endpoint.seconds:g} seconds.",
        where=endpoint.host,
        remedy="ask again, or allow more time with ASSAY_LLM_SECONDS",
    )


def _reply(endpoint: Endpoint, answer: bytes) -> Reply:
    try:
        message = json.loads(answer)["choices"][0]["message"]
        content = message.get("content")
        text = content if isinstance(content, str) else ""
        calls = tuple(
            ToolCall(
                str(call.get("id") or f"call-{place}"),
                str(call["function"]["name"]),
                _arguments(call["function"].get("arguments")),
            )
            for place, call in enumerate(message.get("tool_calls") or [])
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ModelError(
            "The endpoint's answer is not a chat completion.",
            where=endpoint.host,
            allowed="JSON as POST /chat/completions of OpenAI gives it",
            remedy="check that ASSAY_LLM_URL ends where /chat/completions begins",
        ) from error
    return Reply(text, calls)


def _arguments(given: Any) -> str:
    return given if isinstance(given, str) else json.dumps(given)

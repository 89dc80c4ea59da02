"""Long work: one worker a dataset, progress that can be followed, cancel halfway."""

from __future__ import annotations

import queue
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from assay import stopping
from assay.errors import AssayError, Stopped, UsageError

JobKind = Literal[
    "check",
    "compute",
    "curate",
    "map",
    "names",
    "effect",
    "preview",
    "report",
    "ask",
    "concept",
    "gaps",
]
KEPT = 200
ENDED = ("done", "failed", "cancelled")
WAITS = "Waiting for other work on this dataset"


@dataclass
class Job:
    """One piece of long work.

    Attributes:
        changes: Grows with every change, for those who follow it.
    """

    kind: JobKind
    dataset: str
    label: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    state: str = "waiting"
    done: int = 0
    total: int | None = None
    step: str = ""
    created: str = field(default_factory=lambda: _now())
    started: str | None = None
    ended: str | None = None
    result: Any = None
    error: dict[str, Any] | None = None
    changes: int = 0
    about: str = ""
    since: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)

    def report(self, done: int, total: int | None = None, label: str | None = None) -> None:
        """Note how far it is.

        Raises:
            Stopped: Somebody asked it to stop.
        """
        self.done = int(done)
        self.total = int(total) if total is not None else self.total
        self.step = label if label is not None else self.step
        self.changes += 1
        if self.stop.is_set():
            raise Stopped

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        seconds = time.monotonic() - self.since if self.since and not self.ended else 0
        return {
            "id": self.id,
            "kind": self.kind,
            "dataset": self.dataset,
            "label": self.label,
            "state": self.state,
            "progress": {
                "done": self.done,
                "total": self.total,
                "label": (self.step or self.label) if self.state != "waiting" else WAITS,
                "rate": round(self.done / seconds, 1) if seconds > 0.5 and self.done else None,
            },
            "created": self.created,
            "started": self.started,
            "ended": self.ended,
            "result": self.result,
            "error": self.error,
        }


Work = Callable[[Job], Any]


class Jobs:
    """The jobs of one server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._queues: dict[str, queue.Queue[tuple[Job, Work]]] = {}

    def start(self, kind: JobKind, dataset: str, label: str, work: Work) -> Job:
        """Queue work on a dataset; what it returns is the job's result (JSON-ready)."""
        job = Job(kind, dataset, label)
        with self._lock:
            self._jobs[job.id] = job
            ended = [key for key, known in self._jobs.items() if known.state in ENDED]
            for key in ended[: max(0, len(self._jobs) - KEPT)]:
                del self._jobs[key]
            if dataset not in self._queues:
                self._queues[dataset] = queue.Queue()
                # A daemon: Ctrl+C ends the server, and committed work is never lost.
                threading.Thread(
                    target=self._run, args=(dataset,), name=f"jobs-{dataset}", daemon=True
                ).start()
            self._queues[dataset].put((job, work))
        return job

    def list(self) -> list[Job]:
        """All jobs, newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def get(self, job: str) -> Job:
        """The job of that id.

        Raises:
            UsageError: There is none.
        """
        with self._lock:
            found = self._jobs.get(job)
        if found is None:
            raise UsageError(
                f"There is no job '{job[:40]}'.",
                remedy="jobs live as long as the server; what they did is in the runs",
            )
        return found

    def once(self, kind: JobKind, dataset: str, label: str, about: str, work: Work) -> Job:
        """Start work, or find it where the same has not ended: a reload asks again."""
        for known in self.list():
            same = (known.kind, known.dataset, known.about) == (kind, dataset, about)
            if same and known.state not in ENDED and not known.stop.is_set():
                return known
        job = self.start(kind, dataset, label, work)
        job.about = about
        return job

    def replace(self, kind: JobKind, dataset: str, label: str, about: str, work: Work) -> Job:
        """Start work of which only the newest matters; the same work is not started twice."""
        running = self.running(kind, dataset)
        if running is not None and running.about != about:
            self.cancel(running.id)
        return self.once(kind, dataset, label, about, work)

    def running(self, kind: JobKind, dataset: str) -> Job | None:
        """A job of that kind on a dataset that has not ended."""
        alive = (j for j in self.list() if j.kind == kind and j.dataset == dataset)
        return next((job for job in alive if job.state not in ENDED), None)

    def cancel(self, job: str) -> Job:
        """Ask a job to stop; what it committed stays."""
        found = self.get(job)
        found.stop.set()
        if found.state == "waiting":
            _end(found, "cancelled")
        return found

    def _run(self, dataset: str) -> None:
        while True:
            job, work = self._queues[dataset].get()
            if job.state == "waiting":
                _execute(job, work)


def _execute(job: Job, work: Work) -> None:
    job.state, job.started, job.since = "running", _now(), time.monotonic()
    job.changes += 1
    try:
        with stopping.when(job.stop.is_set):
            job.result = work(job)
        _end(job, "done")
    except Stopped:
        _end(job, "cancelled")
    except AssayError as error:
        job.error = error.to_dict()
        _end(job, "failed")
    except Exception as error:
        job.error = AssayError(
            f"Something unexpected failed: {type(error).__name__}: {error}",
            remedy="what was committed is kept; run it again, or look at the server's log",
        ).to_dict()
        _end(job, "failed")


def _end(job: Job, state: str) -> None:
    job.state, job.ended = state, _now()
    job.changes += 1


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

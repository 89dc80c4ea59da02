"""Models of the Hugging Face Hub: fetched when asked for by name, pinned to a commit."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from assay.errors import AssayError, MissingExtra, UsageError

ALLOWED = "hub:OWNER/NAME or hub:OWNER/NAME@REVISION"
_NAME = re.compile(r"hub:(?P<repo>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]+))?", re.ASCII)
_MODELS = ("onnx/model.onnx", "model.onnx")
_OTHERS = ("1_Pooling/config.json", "sentence_bert_config.json")


@functools.cache
def fetch(name: str, commit: str = "") -> Path:
    """The folder with the files of a model, downloaded where the cache of the Hub lacks them.

    Only an ONNX graph, the tokenizer and two configurations are fetched: nothing that runs code.
    The folder bears the name of the commit. Without a connection the cached revision is taken.

    Args:
        name: `hub:OWNER/NAME`, with `@REVISION` (branch, tag or commit) if wanted.
        commit: Take this commit, whatever the revision has become since.

    Raises:
        UsageError: The name is none, there is no such model, or it has no ONNX graph.
        MissingExtra: The extra `embed` is not installed.
        AssayError: The Hub cannot be reached.
    """
    try:
        from huggingface_hub import _CACHED_NO_EXIST, hf_hub_download, try_to_load_from_cache
        from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError
    except ImportError as error:
        raise MissingExtra("Fetching a model from the Hub", "embed") from error
    asked = _NAME.fullmatch(name)
    if asked is None:
        raise UsageError(f"'{name}' is no name of a model on the Hub.", allowed=ALLOWED, model=name)

    def get(file: str, revision: str | None) -> Path | None:
        if try_to_load_from_cache(asked["repo"], file, revision=revision) is _CACHED_NO_EXIST:
            return None  # known of this commit, so that nobody has to ask
        try:
            return Path(hf_hub_download(asked["repo"], file, revision=revision))
        except LocalEntryNotFoundError as error:
            raise _unreachable(name, error) from error
        except EntryNotFoundError:
            return None
        except Exception as error:
            raise _refused(name, error) from error

    tokenizer = get("tokenizer.json", commit or asked["revision"])
    if tokenizer is None:
        raise _lacking(name, "tokenizer.json")
    folder = tokenizer.parent
    model = next((file for file in _MODELS if get(file, folder.name) is not None), None)
    if model is None:
        raise _lacking(name, "onnx/model.onnx")
    for file in (f"{model}_data", *_OTHERS):
        get(file, folder.name)
    return folder


def _lacking(name: str, file: str) -> UsageError:
    return UsageError(
        f"The model '{name}' has no file {file}.",
        allowed="models with tokenizer.json and onnx/model.onnx (or model.onnx)",
        remedy="choose one that was exported to ONNX, or export it and give its folder as "
        "file:FOLDER",
        model=name,
    )


def _unreachable(name: str, error: Exception) -> AssayError:
    return AssayError(
        f"The model '{name}' is not in the cache, and the Hub cannot be reached.",
        remedy="check the connection (HF_ENDPOINT, HTTPS_PROXY), or copy the model's folder here "
        "and give it as file:FOLDER",
        model=name,
    )


def _refused(name: str, error: Exception) -> AssayError:
    from huggingface_hub.errors import (
        GatedRepoError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    if isinstance(error, RevisionNotFoundError):
        return UsageError(f"The model '{name}' has no such revision.", allowed=ALLOWED, model=name)
    if isinstance(error, (GatedRepoError, RepositoryNotFoundError)):
        return UsageError(
            f"There is no model '{name}' on the Hub, or you have no access to it.",
            allowed=ALLOWED,
            remedy="check the spelling; for a gated or private model set HF_TOKEN",
            model=name,
        )
    return AssayError(
        f"The model '{name}' could not be fetched: {type(error).__name__}.",
        remedy="try again, or copy the model's folder here and give it as file:FOLDER",
        model=name,
    )

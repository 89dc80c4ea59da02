"""The MCP server, spoken to by the protocol's own client over standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from assay.ask.tools import TOOLS
from assay.project.dataset import Dataset

mcp = pytest.importorskip("mcp")
PROGRAM = "from assay.cli.main import main; main()"


async def _spoken(root: str, calls: list[tuple[str, dict[str, Any]]]) -> tuple[Any, list[Any]]:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    command = ["-c", PROGRAM, "mcp", "--project", root]
    given = StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ))
    async with (
        stdio_client(given) as (incoming, outgoing),
        ClientSession(incoming, outgoing) as session,
    ):
        await session.initialize()
        listed = await session.list_tools()
        return listed.tools, [await session.call_tool(name, given) for name, given in calls]


def test_an_assistant_lists_the_tools_and_looks_with_them(ships: Dataset) -> None:
    calls = [
        ("list_datasets", {}),
        ("count_rows", {"dataset": "ships", "filters": ['kind == "brig"']}),
        ("count_rows", {"dataset": "boats"}),
        ("count_rows", {"filters": []}),
        ("drop_table", {"dataset": "ships"}),
    ]
    # A thread of its own: a browser that another test drives keeps a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        spoken = thread.submit(lambda: asyncio.run(_spoken(str(ships.project.root), calls)))
        tools, answers = spoken.result()
    assert [tool.name for tool in tools] == ["list_datasets", *TOOLS]
    assert all(tool.annotations.read_only_hint for tool in tools)
    told = [json.loads(answer.content[0].text) for answer in answers]
    assert told[0] == {"datasets": [{"name": "ships", "rows": 31, "versions": []}]}
    assert told[1]["count"] == 20
    assert told[1]["shown"][0]["view"]["filters"] == ['kind == "brig"']
    assert [answer.is_error for answer in answers] == [False, False, True, True, True]
    assert "no dataset called 'boats'" in told[2]["error"]
    assert "which 'dataset'" in told[3]["error"]
    assert "no tool 'drop_table'" in told[4]["error"]

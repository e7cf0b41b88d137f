"""Facts about the memory that the server gives back."""

import subprocess
import sys

import pytest

_FREE_LARGE_BLOCKS = """
import sys
import psutil
from dashboard.heap import give_back_large_blocks
import pyarrow as pa

if sys.argv[1:] == ["set"]:
    give_back_large_blocks()
    give_back_large_blocks()  # at each run of a script
    assert pa.default_memory_pool().backend_name == "system"
kept = []
for size in range(1, 24):  # MB: each block that is freed teaches the allocator to keep the next
    block = bytearray(size << 20)
    kept.append(bytes(1 << 10))
    del block
blocks = [bytearray(20 << 20) for _ in range(5)]
kept.append(bytearray(1 << 10))
before = psutil.Process().memory_info().rss
del blocks
print(before - psutil.Process().memory_info().rss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other allocators")
def test_large_blocks_go_back_to_the_system_when_they_are_freed():
    command = [sys.executable, "-c", _FREE_LARGE_BLOCKS, "set"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 95 << 20

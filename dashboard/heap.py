"""How does the server give back the memory of what a page has worked out, once the page is done?"""

import ctypes
import sys

import pyarrow as pa

_M_MMAP_THRESHOLD = -3  # of glibc's malloc.h
_LARGE = 1 << 18  # bytes

_is_set = False


def give_back_large_blocks() -> None:
    """From here on, blocks of 256 kB and more go back to the system as soon as they are freed.

    Left to itself, Linux's allocator (glibc's) learns from each large block that is freed to keep such memory, up to
    32 MB at a time, and Arrow keeps what it has used: about 50 of 360 MB after three viewers of a large comparison.
    Where the system's allocator is another one, only Arrow is told.
    """
    global _is_set
    if _is_set:
        return
    _is_set = True
    pa.set_memory_pool(pa.system_memory_pool())
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)

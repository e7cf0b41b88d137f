"""Which texts of many blocks are the same, and how are the distinct ones numbered?

Texts are sorted into parts by their last byte, and Arrow numbers each part by itself. One table of all 17 million
session names of 100 million rows took 3 GB; the parts take a third of that, and less time (benchmarks/LOG.md).
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from gru4rec_core.data.vocabulary import number_by_appearance

N_PARTS = 16  # a power of two; the digits of numbers and of UUIDs fall into ten or more of them


def number_texts(blocks: list[pa.StringArray]) -> tuple[np.ndarray, pa.StringArray]:
    """Numbers texts by first appearance.

    Args:
        blocks: Texts without nulls; the list is emptied, so that they are not in memory twice.

    Returns:
        The number of each text, int32 [n]; and the distinct texts by number.
    """
    numbers = np.empty(sum(map(len, blocks)), np.int32)
    distinct: list[pa.StringArray] = []
    n_distinct = 0
    for texts, places in _sort_into_parts(blocks):
        encoded = pa.chunked_array(texts).dictionary_encode()  # one dictionary for all chunks
        for chunk, place in zip(encoded.chunks, places, strict=True):
            numbers[place] = chunk.indices.to_numpy() + n_distinct
        distinct.append(encoded.chunk(0).dictionary)
        n_distinct += len(distinct[-1])
    if not distinct:
        return numbers, pa.array([], pa.string())
    used, number = number_by_appearance(numbers, n_distinct)
    return number[numbers], pa.concat_arrays(distinct).take(pa.array(used))


def _sort_into_parts(blocks: list[pa.StringArray]) -> Iterator[tuple[list[pa.StringArray], list[np.ndarray]]]:
    """The texts of each part that has any, and where in all blocks together they stand, block by block."""
    parts: list[tuple[list[pa.StringArray], list[np.ndarray]]] = [([], []) for _ in range(N_PARTS)]
    begin = 0
    while blocks:
        block = blocks.pop(0)
        part_of = _last_bytes(block) % N_PARTS
        order = np.argsort(part_of, kind="stable").astype(np.int32)
        sorted_block = block.take(pa.array(order))
        ends = np.cumsum(np.bincount(part_of, minlength=N_PARTS))
        for (texts, places), end, length in zip(parts, ends, np.diff(ends, prepend=0), strict=True):
            if length:
                texts.append(sorted_block.slice(end - length, length))
                places.append(order[end - length : end] + begin)
        begin += len(block)
    while parts:
        part = parts.pop(0)  # nobody else holds a part while it is numbered
        if part[0]:
            yield part


def _last_bytes(texts: pa.StringArray) -> np.ndarray:
    """The last byte of each text, uint8 [n]; 0 for an empty one."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4)
    if data is None or data.size == 0:
        return np.zeros(len(texts), np.uint8)
    last = np.frombuffer(data, np.uint8)[np.maximum(ends[1:] - 1, 0)]
    return np.where(ends[1:] > ends[:-1], last, 0).astype(np.uint8)

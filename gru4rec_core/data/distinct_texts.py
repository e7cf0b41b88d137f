"""Which texts of many blocks are the same, and how are the distinct ones numbered?

Arrow numbers them in parts, made by their last byte. One table of the 17 million session names of 100 million rows
took 3 GB; the parts take a fraction of that, and no more time (benchmarks/LOG.md).
"""

import numpy as np
import pyarrow as pa

from gru4rec_core.data.vocabulary import number_by_appearance

N_PARTS = 16  # a power of two; the digits of numbers and of UUIDs fall into ten or more of them


def number_texts(blocks: list[pa.StringArray]) -> tuple[np.ndarray, pa.StringArray]:
    """Numbers texts by first appearance.

    Args:
        blocks: Texts without nulls.

    Returns:
        The number of each text, int32 [n]; and the distinct texts by number.
    """
    if not any(map(len, blocks)):
        return np.empty(0, np.int32), pa.array([], pa.string())
    texts = pa.chunked_array(blocks)
    part_of = np.concatenate([_last_bytes(block) % N_PARTS for block in blocks])
    numbers = np.empty(len(texts), np.int32)
    distinct: list[pa.StringArray] = []
    n_distinct = 0
    for part in np.flatnonzero(np.bincount(part_of)):
        is_in_part = part_of == part
        encoded = texts.filter(pa.array(is_in_part)).dictionary_encode()  # one dictionary for all chunks
        numbers[is_in_part] = np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks]) + n_distinct
        distinct.append(encoded.chunk(0).dictionary)
        n_distinct += len(distinct[-1])
    used, number = number_by_appearance(numbers, n_distinct)
    return number[numbers], pa.concat_arrays(distinct).take(pa.array(used))


def _last_bytes(texts: pa.StringArray) -> np.ndarray:
    """The last byte of each text, uint8 [n]; 0 for an empty one."""
    _, offsets, data = texts.buffers()
    if offsets is None or data is None or data.size == 0:
        return np.zeros(len(texts), np.uint8)
    ends = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4)
    last = np.frombuffer(data, np.uint8)[np.maximum(ends[1:] - 1, 0)]
    return np.where(ends[1:] > ends[:-1], last, 0).astype(np.uint8)

"""How large will a packed file or a long log be, judged by its beginning?

A bomb is refused after the first blocks and not when a limit is reached, minutes and gigabytes later. It is an
estimate: where it is wrong, `any_size` overrides it.
"""

from gru4rec_core.errors import DataError

SURE_SHARE = 1 / 64  # of the file as it is stored
SURE_BYTES = 64 << 20  # unpacked
SURE_ROWS = 1_000_000
OVERRIDE = "use the command `import` with --any-size"


def check_bytes(unpacked: int, packed: int, packed_size: int, limit: int, name: str) -> None:
    """Refuses a packed file that will be too large once unpacked.

    Args:
        unpacked: Bytes so far.
        packed: Bytes of the stored file that they came from.
        packed_size: Bytes of the whole stored file.
        limit: Maximum number of unpacked bytes.
        name: Of the file, for messages.

    Raises:
        DataError: It is too large already, or will be by estimate.
    """
    if unpacked <= limit and (unpacked < SURE_BYTES or packed < SURE_SHARE * packed_size):
        return
    estimate = unpacked * packed_size / max(packed, 1)
    if estimate > limit or unpacked > limit:
        raise DataError(
            f"A packed file may hold at most {limit / 1e9:g} GB unpacked.",
            found=f"about {max(estimate, unpacked) / 1e9:.1f} GB unpacked from {packed_size / 1e6:,.3g} MB "
            f"({unpacked / max(packed, 1):,.0f} times as much)",
            where=name,
            remedy=f"Split the log; or, if it really is that large, {OVERRIDE}.",
        )


def check_rows(rows: int, done: int, size: int, limit: int, name: str) -> None:
    """Refuses a log that has too many rows, or will have by estimate.

    Args:
        rows: So far.
        done: Bytes of the file that they came from.
        size: Bytes of the whole file; 0 if that is not known.
        limit: Maximum number of rows.
        name: Of the file, for messages.

    Raises:
        DataError: There are too many rows.
    """
    is_sure = rows >= SURE_ROWS and size > 0 and done >= SURE_SHARE * size
    estimate = max(rows, rows * size / max(done, 1)) if is_sure else rows
    if estimate > limit:
        raise DataError(
            f"A log may have at most {limit:,} rows.",
            found=f"about {estimate:,.0f}, judged by the first {rows:,}" if estimate > rows else "more",
            where=name,
            remedy=f"Split the log; or, if it really is that large, {OVERRIDE}.",
        )

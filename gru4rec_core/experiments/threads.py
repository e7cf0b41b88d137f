"""How many threads does TensorFlow use in this process? It is loaded here."""

from contextlib import suppress

import tensorflow as tf


def limit_threads(threads: int) -> int:
    """Sets TensorFlow's threads where that is still possible; returns how many it uses (0: as many as cores)."""
    # Once TensorFlow has computed something its threads are fixed: the number stays what it was.
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        for device in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(device, True)
    return int(tf.config.threading.get_intra_op_parallelism_threads())

"""`python -m gru4rec_core`: the command line."""

from gru4rec_core.cli.app import main

if __name__ == "__main__":
    main()

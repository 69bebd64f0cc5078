"""``python -m hairwise``.

Knows: the terminal's entry. Must not know: anything else.
"""

from hairwise.cli import main

if __name__ == "__main__":
    main()

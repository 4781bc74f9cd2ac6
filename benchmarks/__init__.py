"""Ours beside a peer, in one run, as a ratio: `make bench`."""

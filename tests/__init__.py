"""Tests of Virksom: `make test` runs them all against real servers."""

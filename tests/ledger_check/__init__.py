"""A fund's log written by hand, healthy and broken, for the tests of the check."""

"""The check of the fund ledger: independent of the code that wrote it, and of the views that answer from it."""

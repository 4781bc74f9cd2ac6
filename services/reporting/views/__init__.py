"""The read side's views: tables, how events change them, and what can be asked of them."""

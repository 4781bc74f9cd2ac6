"""What the command lines of the services' offices share: how they call, read and write files, and show tables."""

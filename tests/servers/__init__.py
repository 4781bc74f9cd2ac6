"""A real RabbitMQ and PostgreSQL for one command: `python -m tests.servers -- COMMAND…`.

Found in this order: URIs in the environment, server programs on this machine, the same installed by
apt (as root on Debian or Ubuntu), a container engine. Whatever was started is stopped and removed.
Only the standard library is used, so that it works before anything is installed.
"""

"""Run a server by hand: python -m tests.mdm_servers jamf-school --devices 300 --port 8080 --trap loop.

Its tablets do what they are asked when it is next read; curl -X POST localhost:8080/switched-on/SERIAL enrols one.
"""

import argparse
import json
import os
import sys
from contextlib import suppress
from threading import Thread

from tests.mdm_servers.street import SERVERS, Street
from tests.mdm_servers.traps import Trap


def main() -> None:
    """Serve until it is interrupted; the first line printed says how to connect."""
    parser = argparse.ArgumentParser(prog="python -m tests.mdm_servers")
    parser.add_argument("provider", choices=[str(provider) for provider in SERVERS])
    parser.add_argument("--devices", type=int, default=30)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--page", type=int, default=0, help="devices a page, where the server decides")
    parser.add_argument("--megabits", type=float, default=0, help="how fast it answers, as over a real line")
    parser.add_argument("--one-in", type=int, default=10, help="how rare a device that is not yet set up is")
    parser.add_argument("--beside", action="store_true", help="end when standard input does")
    parser.add_argument("--trap", action="append", default=[], choices=[str(trap) for trap in Trap])
    asked = parser.parse_args()
    kind = SERVERS[asked.provider]
    kind = type(
        kind.__name__, (kind,), {"page": asked.page or kind.page, "megabits": asked.megabits, "one_in": asked.one_in}
    )
    server = kind(asked.devices, [Trap(name) for name in asked.trap], asked.port)
    street = Street(asked.provider, server)
    reach, key = street.reach(), street.secret().text
    said = {"address": reach.address, "account": reach.account, "tenant": reach.tenant, "key": key}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    if asked.beside:
        Thread(target=_end_with_input, daemon=True).start()
    with suppress(KeyboardInterrupt):
        server.serve()


def _end_with_input() -> None:
    """End when whoever started the server has ended."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()

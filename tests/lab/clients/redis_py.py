"""redis-py as a stranger would use it: TLS with a CA file, and a PING, at each target of the file.

One line of JSON for each: whether TLS came about, and otherwise what the library said.
"""

import json
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def ask(target):
    client = redis.Redis(
        host=target["host"],
        port=target["port"],
        socket_timeout=target["patience"],
        socket_connect_timeout=target["patience"],
        retry=Retry(NoBackoff(), 0),
        # The report shows it as it stands in a program.
        **eval(f"dict({target['setting']})"),
    )
    try:
        client.ping()
    except redis.exceptions.RedisError as error:
        return {"id": target["id"], "connects": not of_tls(error), "message": str(error)}
    return {"id": target["id"], "connects": True, "message": ""}


def of_tls(error):
    """Also of the connection: it ends when the server minds the client's certificate."""
    while error is not None:
        if isinstance(error, (ssl.SSLError, ConnectionError, TimeoutError)):
            return True
        error = error.__cause__ or error.__context__
    return False


with open(sys.argv[1], encoding="utf-8") as file:
    targets = json.load(file)
with ThreadPoolExecutor(8) as pool:
    for answer in pool.map(ask, targets):
        print(json.dumps(answer), flush=True)

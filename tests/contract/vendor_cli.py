"""The vendor's command line over https."""

import json
import os
import re
import subprocess
import sys
import tempfile

from journey import SANDBOX, Refused, refused, walk

TCCLI = os.path.join(os.path.dirname(sys.executable), "tccli")
KEY = (SANDBOX["secret_id"], SANDBOX["secret_key"])


def call(product, action, region, parameters, key=KEY):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as request:
        json.dump(parameters, request)
        request.flush()
        done = subprocess.run(
            [
                TCCLI,
                product,
                action,
                "--region",
                region,
                "--endpoint",
                SANDBOX["https_endpoint"].removeprefix("https://"),
                "--language",
                "en-US",
                "--cli-input-json",
                f"file://{request.name}",
            ],
            env={
                **os.environ,
                "TENCENTCLOUD_SECRET_ID": key[0],
                "TENCENTCLOUD_SECRET_KEY": key[1],
                "REQUESTS_CA_BUNDLE": SANDBOX["ca_file"],
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
    said = done.stdout + done.stderr
    if done.returncode == 0:
        return json.loads(done.stdout)
    error = re.search(r"code:(\S+) message:(.*)", said)
    if error is None:
        raise AssertionError(f"tccli {product} {action} ended with {done.returncode}: {said}")
    raise Refused(*error.groups())


walk(call)

status = ("redis", "DescribeSSLStatus", SANDBOX["regions"][0])


def with_key(*key):
    return lambda *request: call(*request, key=key)


refused(
    with_key(KEY[0], "wrong"),
    "AuthFailure.SignatureFailure",
    "a wrong SecretKey",
    *status,
    {"InstanceId": "crs-0"},
)
refused(
    call,
    "ResourceNotFound.InstanceNotExists",
    "no such instance",
    *status,
    {"InstanceId": "crs-00000000"},
)
refused(
    with_key("AKIDunknown", KEY[1]),
    "AuthFailure.SecretIdNotFound",
    "an unknown SecretId",
    *status,
    {"InstanceId": "crs-0"},
)

"""The path that both of the vendor's tools walk; each brings its own `call`.

`call(product, action, region, parameters)` returns the fields of the answer or raises `Refused`.
"""

import io
import json
import os
import ssl
import socket
import time
import urllib.request
import zipfile

SANDBOX = json.loads(os.environ["SANDBOX"])
DEADLINE = 60


class Refused(Exception):
    """An error of the service, with its code."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


def walk(call):
    instances = list_instances(call)
    instance = first_ready(call, instances)
    enable(call, instance)
    context = certificate(call, instance)
    handshake(instance, context)


def list_instances(call):
    regions = [
        region["Region"]
        for region in call("region", "DescribeRegions", "ap-guangzhou", {"Product": "redis"})["RegionSet"]
    ]
    check(regions == SANDBOX["regions"], f"regions: {', '.join(regions)}")
    instances = []
    for region in regions:
        page, total = 10, None
        while total is None or page - 10 < total:
            answer = call("redis", "DescribeInstances", region, {"Limit": 10, "Offset": page - 10})
            total = answer["TotalCount"]
            instances += answer["InstanceSet"]
            page += 10
        found = [instance for instance in instances if instance["Region"] == region]
        check(len(found) == total, f"{region}: {total} instances")
    ids = {instance["InstanceId"] for instance in instances}
    check(len(ids) == len(instances) >= 24, f"{len(ids)} instances in {len(regions)} regions")
    return instances


def first_ready(call, instances):
    """An instance on which SSL is off and can be turned on with a task to follow."""
    for instance in instances:
        proxy = tuple(int(part) for part in (instance["CurrentProxyVersion"] or "0").split("."))
        if instance["Status"] != 2 or instance["NoAuth"] or proxy < (5, 6, 0):
            continue
        status = ssl_status(call, instance)
        if status["FeatureSupport"] and not status["SSLConfig"] and status["Status"] == 2:
            check(status["CertDownloadUrl"], f"{instance['InstanceId']}: SSL is off and possible")
            return instance
    raise AssertionError("no instance is ready for SSL")


def enable(call, instance):
    identity = {"InstanceId": instance["InstanceId"]}
    task = call("redis", "OpenSSL", instance["Region"], identity)["TaskId"]
    check(task > 0, f"OpenSSL: task {task}")
    seen = []
    until = time.monotonic() + DEADLINE
    while "succeed" not in seen:
        check(time.monotonic() < until, f"the task has said {seen}", quiet=True)
        answer = call("redis", "DescribeTaskInfo", instance["Region"], {"TaskId": task})
        if answer["Status"] not in seen:
            seen.append(answer["Status"])
        time.sleep(0.1)
    check(set(seen) <= {"preparing", "running", "succeed"}, f"the task said {', '.join(seen)}")
    while not (status := ssl_status(call, instance))["SSLConfig"] or status["Status"] != 2:
        check(time.monotonic() < until, f"SSL is not on: {status}", quiet=True)
        time.sleep(0.1)
    check(True, "SSL is on")


def certificate(call, instance):
    url = ssl_status(call, instance)["CertDownloadUrl"]
    trust = ssl.create_default_context(cafile=SANDBOX["ca_file"])
    with urllib.request.urlopen(url, timeout=DEADLINE, context=trust) as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    check(archive.testzip() is None, f"the archive has {', '.join(archive.namelist())}")
    names = {os.path.basename(name): name for name in archive.namelist()}
    context = ssl.create_default_context(cadata=archive.read(names["ca.pem"]).decode())
    context.check_hostname = False
    check(context.cert_store_stats()["x509_ca"] >= 1, "ca.pem has a CA")
    return context


def handshake(instance, context):
    address = (instance["WanIp"], instance["Port"])
    with socket.create_connection(address, timeout=DEADLINE) as plain:
        with context.wrap_socket(plain) as stream:
            stream.sendall(b"PING\r\n")
            check(stream.recv(64), f"{stream.version()} with {address[0]}:{address[1]} verified by ca.pem")


def refused(call, code, what, *request):
    try:
        call(*request)
    except Refused as error:
        check(error.code == code, f"{what}: {error.code}")
    else:
        raise AssertionError(f"{what}: was accepted")


def ssl_status(call, instance):
    return call("redis", "DescribeSSLStatus", instance["Region"], {"InstanceId": instance["InstanceId"]})


def check(holds, what, quiet=False):
    if not holds:
        raise AssertionError(what)
    if not quiet:
        print("ok  ", what, flush=True)

"""What a script with the vendor's SDK does: list every region, ask each instance for its SSL state.

Arguments: the number of threads. Refused for the rate limit, it waits a second and asks again.
Prints one JSON line: seconds until the list and the first 30 states were there, and counts.
"""

import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.redis.v20180412 import models
from tencentcloud.redis.v20180412.redis_client import RedisClient

START = time.monotonic()
SANDBOX = json.loads(os.environ["SANDBOX"])
THREADS = int(sys.argv[1])
PAGE = 1000
CREDENTIAL = Credential(SANDBOX["secret_id"], SANDBOX["secret_key"])
local = threading.local()


def profile():
    endpoint = SANDBOX["endpoint"].removeprefix("http://")
    return ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=endpoint))


def client(region):
    """One for each thread and region, kept: making one costs more than a call."""
    clients = local.__dict__.setdefault("clients", {})
    if region not in clients:
        clients[region] = RedisClient(CREDENTIAL, region, profile())
    return clients[region]


def patient(call):
    while True:
        try:
            return call()
        except TencentCloudSDKException as error:
            if not error.get_code().startswith("RequestLimitExceeded"):
                raise
            time.sleep(1)


def listed(region):
    found = []
    while True:
        request = models.DescribeInstancesRequest()
        request.Limit, request.Offset = PAGE, len(found)
        answer = patient(lambda: client(region).DescribeInstances(request))
        found += [(region, one.InstanceId) for one in answer.InstanceSet]
        if len(found) >= answer.TotalCount:
            return found


def asked(instance):
    region, instance_id = instance
    request = models.DescribeSSLStatusRequest()
    request.InstanceId = instance_id
    try:
        return patient(lambda: client(region).DescribeSSLStatus(request)).SSLConfig
    except TencentCloudSDKException as error:
        return error.get_code()


with ThreadPoolExecutor(THREADS) as pool:
    regions = CommonClient("region", "2022-06-27", CREDENTIAL, "", profile())
    answer = regions.call_json("DescribeRegions", {"Product": "redis"})["Response"]
    names = [region["Region"] for region in answer["RegionSet"]]
    instances = sum(pool.map(listed, names), [])
    seen = {"list": time.monotonic() - START}
    states = []
    for state in pool.map(asked, instances):
        states.append(state)
        if len(states) == 30:
            seen["first"] = time.monotonic() - START

print(json.dumps({**seen, "instances": len(instances), "states": len(states), "on": states.count(True)}))

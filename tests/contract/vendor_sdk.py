"""The vendor's Python SDK over http."""

import json
import warnings

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.redis.v20180412 import models
from tencentcloud.redis.v20180412.redis_client import RedisClient

from journey import SANDBOX, Refused, check, refused, walk

KEY = (SANDBOX["secret_id"], SANDBOX["secret_key"])
ACTIONS = [
    "DescribeInstances",
    "DescribeSSLStatus",
    "OpenSSL",
    "CloseSSL",
    "DescribeTaskInfo",
    "DescribeTaskList",
    "UpgradeProxyVersion",
    "UpgradeSmallVersion",
    "UpgradeInstanceVersion",
    "DescribeInstanceDealDetail",
    "ResetPassword",
    "DescribeMaintenanceWindow",
]
VERSIONS = {"redis": "2018-04-12", "region": "2022-06-27", "sts": "2018-08-13"}


def profile():
    endpoint = SANDBOX["endpoint"].removeprefix("http://")
    return ClientProfile(
        language="en-US",
        httpProfile=HttpProfile(protocol="http", endpoint=endpoint, reqTimeout=30),
    )


def typed(product, action, region, parameters):
    """Through the typed client where there is one: it also checks that the answer fits."""
    if product != "redis":
        return untyped(product, action, region, parameters)
    request = getattr(models, action + "Request")()
    request.from_json_string(json.dumps(parameters))
    client = RedisClient(Credential(*KEY), region, profile())
    try:
        return json.loads(getattr(client, action)(request).to_json_string())
    except TencentCloudSDKException as error:
        raise Refused(error.get_code(), error.get_message())


def untyped(product, action, region, parameters, key=KEY):
    client = CommonClient(product, VERSIONS[product], Credential(*key), region, profile())
    try:
        return client.call_json(action, parameters)["Response"]
    except TencentCloudSDKException as error:
        raise Refused(error.get_code(), error.get_message())


def with_key(*key):
    return lambda *request: untyped(*request, key=key)


def knows_every_parameter(action):
    """An object fits no parameter, so a known one is refused for its value."""
    request = getattr(models, action + "Request")
    names = [name for name in vars(request) if isinstance(getattr(request, name), property) and name[0].isupper()]
    for name in names:
        try:
            untyped("redis", action, SANDBOX["regions"][0], {name: {"Nonsense": 1}})
        except Refused as error:
            check(error.code != "UnknownParameter", f"{action} does not know {name}", quiet=True)
    check(names, f"{action} knows {', '.join(names)}")


# The SDK warns of a field that its types do not have. The published example of DescribeInstances
# has one, and so has the sandbox; any other is a mistake.
warnings.simplefilter("error")
warnings.filterwarnings("ignore", message="^ApplicationVersion ")
identity = untyped("sts", "GetCallerIdentity", "ap-guangzhou", {})
check(identity["Arn"], f"the key belongs to {identity['Arn']}")
walk(typed)

for action in ACTIONS:
    knows_every_parameter(action)

whoami = ("sts", "GetCallerIdentity", "ap-guangzhou", {})
status = ("redis", "DescribeSSLStatus", SANDBOX["regions"][0])
temporary = SANDBOX["temporary"]
check(
    with_key(temporary["secret_id"], temporary["secret_key"], temporary["token"])(*whoami)["Arn"],
    "a temporary key with its token",
)
refused(with_key(KEY[0], "wrong"), "AuthFailure.SignatureFailure", "a wrong SecretKey", *whoami)
refused(with_key("AKIDunknown", KEY[1]), "AuthFailure.SecretIdNotFound", "an unknown SecretId", *whoami)
refused(
    with_key(temporary["secret_id"], temporary["secret_key"], "wrong"),
    "AuthFailure.TokenFailure",
    "a wrong token",
    *whoami,
)
refused(untyped, "UnknownParameter", "an unknown parameter", *status, {"InstanceId": "crs-0", "Nonsense": 1})
refused(untyped, "MissingParameter", "no InstanceId", *status, {})
refused(
    untyped,
    "ResourceNotFound.InstanceNotExists",
    "no such instance",
    *status,
    {"InstanceId": "crs-00000000"},
)

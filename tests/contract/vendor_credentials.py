"""Files of credentials as the vendor's command line writes them."""

import os
import subprocess
import sys

from tccli import oauth, sso

TCCLI = os.path.join(os.path.dirname(sys.executable), "tccli")
ENDS = 1795492800


def configure(profile, *words):
    subprocess.run([TCCLI, "configure", *words, "--profile", profile], check=True, timeout=60)


configure("default", "set", "secretId", "AKIDtyped0123456789abcd", "secretKey", "typed-key")
configure("abroad", "set-root-domain", "intl.tencentcloudapi.com")
configure("abroad", "set", "secretId", "AKIDabroad0123456789abc", "secretKey", "abroad-key")
configure("machine", "set", "use-cvm-role", "true")
configure(
    "role",
    *("set", "secretId", "AKIDrole0123456789abcde", "secretKey", "role-key"),
    *("role-arn", "qcs::cam::uin/1:roleName/reader", "role-session-name", "me"),
)

login = {"openId": "o", "accessToken": "a", "expiresAt": ENDS, "refreshToken": "r", "site": "cn"}
key = {"secretId": "AKIDoauth0123456789abcd", "secretKey": "oauth-key", "token": "oauth-token"}
oauth.save_credential(login, {**key, "expiresAt": ENDS}, "browser")

assumed = {"TmpSecretId": "AKIDsso0123456789abcdef", "TmpSecretKey": "sso-key", "Token": "sso-token"}
names = ("token", "uin", "roleConfigurationId", "roleConfigurationName", "zoneId", "authUrl")
company = {**dict.fromkeys(names, "x"), "site": "intl", "expiresAt": ENDS}
sso.save_credential({"Credentials": assumed, "ExpiredTime": ENDS}, company, "company")

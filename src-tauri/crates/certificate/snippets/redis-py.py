import os

import redis

client = redis.Redis(
    host="{{ v.host }}",
    port={{ v.port }},
{%- if let Some(user) = v.user %}
    username="{{ user }}",
{%- endif %}
    # {{ v.say.password }}
    password={% if let Some(account) = v.account %}"{{ account }}@" + {% endif %}os.environ["{{ v.variable }}"],
▎    ssl=True,
▎    ssl_ca_certs="{{ v.ca }}",
▎    ssl_cert_reqs="required",
{%- if v.chain_only %}
▎    # {{ v.say.chain_only }}
▎    ssl_check_hostname=False,
{%- else %}
▎    # {{ v.say.full }}
▎    ssl_check_hostname=True,
{%- endif %}
)
print(client.ping())

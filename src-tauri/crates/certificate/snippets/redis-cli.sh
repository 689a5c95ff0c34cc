#!/bin/sh
# {{ v.say.password }}
# {{ v.say.redis_cli }}
REDISCLI_AUTH={% if let Some(account) = v.account %}'{{ account }}@'{% endif %}"${{ v.variable }}" redis-cli -h '{{ v.host }}' -p {{ v.port }}
{%- if let Some(user) = v.user %} --user '{{ user }}'{% endif %} \
▎  --tls --cacert '{{ v.ca }}'{% if !v.host_is_address %} --sni '{{ v.host }}'{% endif %} \
  PING

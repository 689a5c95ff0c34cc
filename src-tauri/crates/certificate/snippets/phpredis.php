<?php
// phpredis ≥ 5.3
$redis = new Redis();
$redis->connect('tls://{{ v.bracketed_host }}', {{ v.port }}, 5.0, null, 0, 5.0, [
▎    'stream' => [
▎        'cafile' => '{{ v.ca }}',
▎        'verify_peer' => true,
{%- if v.chain_only %}
▎        // {{ v.say.chain_only }}
▎        'verify_peer_name' => false,
{%- else %}
▎        // {{ v.say.full }}
▎        'verify_peer_name' => true,
{%- endif %}
▎    ],
]);
// {{ v.say.password }}
$password = {% if let Some(account) = v.account %}'{{ account }}@' . {% endif %}getenv('{{ v.variable }}');
{%- if let Some(user) = v.user %}
$redis->auth(['{{ user }}', $password]);
{%- else %}
$redis->auth($password);
{%- endif %}
echo $redis->ping('PONG'), "\n";

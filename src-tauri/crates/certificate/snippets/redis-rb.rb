require "redis"

client = Redis.new(
  host: "{{ v.host }}",
  port: {{ v.port }},
{%- if let Some(user) = v.user %}
  username: "{{ user }}",
{%- endif %}
  # {{ v.say.password }}
  password: {% if let Some(account) = v.account %}"{{ account }}@" + {% endif %}ENV.fetch("{{ v.variable }}"),
▎  ssl: true,
▎  ssl_params: {
▎    ca_file: "{{ v.ca }}",
▎    verify_mode: OpenSSL::SSL::VERIFY_PEER,
{%- if v.chain_only %}
▎    # {{ v.say.chain_only }}
▎    verify_hostname: false,
{%- else %}
▎    # {{ v.say.full }}
▎    verify_hostname: true,
{%- endif %}
▎  },
)
puts client.ping

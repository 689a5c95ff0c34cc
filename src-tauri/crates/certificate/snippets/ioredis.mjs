import { readFileSync } from "node:fs";
import { Redis } from "ioredis";

const client = new Redis({
  host: "{{ v.host }}",
  port: {{ v.port }},
{%- if let Some(user) = v.user %}
  username: "{{ user }}",
{%- endif %}
  // {{ v.say.password }}
  password: {% if let Some(account) = v.account %}"{{ account }}@" + {% endif %}process.env.{{ v.variable }},
▎  tls: {
▎    ca: readFileSync("{{ v.ca }}"),
{%- if v.chain_only %}
▎    // {{ v.say.chain_only }}
▎    checkServerIdentity: () => undefined,
{%- else %}
▎    // {{ v.say.full }}
{%- endif %}
▎  },
});
client.on("error", (error) => console.error(error.message));

console.log(await client.ping());
await client.quit();

import { readFileSync } from "node:fs";
import { createClient } from "redis";

const client = createClient({
{%- if let Some(user) = v.user %}
  username: "{{ user }}",
{%- endif %}
  // {{ v.say.password }}
  password: {% if let Some(account) = v.account %}"{{ account }}@" + {% endif %}process.env.{{ v.variable }},
  socket: {
    host: "{{ v.host }}",
    port: {{ v.port }},
▎    tls: true,
▎    ca: readFileSync("{{ v.ca }}"),
{%- if v.chain_only %}
▎    // {{ v.say.chain_only }}
▎    checkServerIdentity: () => undefined,
{%- else %}
▎    // {{ v.say.full }}
{%- endif %}
  },
});
client.on("error", (error) => console.error(error.message));

await client.connect();
console.log(await client.ping());
await client.close();

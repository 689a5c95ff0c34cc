// redis.clients:jedis, ≥ 6.0
import java.io.File;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

public class RedisTls {
    public static void main(String[] arguments) {
        // {{ v.say.passwords }}
        char[] password = System.getenv("{{ v.truststore_variable }}").toCharArray();
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder();
▎        // {% if v.chain_only %}{{ v.say.chain_only }}{% else %}{{ v.say.full }}{% endif %}
▎        config.sslOptions(SslOptions.builder()
▎            .truststore(new File("{{ v.ca }}"), password)
▎            .sslVerifyMode(SslVerifyMode.{% if v.chain_only %}CA{% else %}FULL{% endif %})
▎            .build());
{%- if let Some(user) = v.user %}
        config.user("{{ user }}");
{%- endif %}
        config.password({% if let Some(account) = v.account %}"{{ account }}@" + {% endif %}System.getenv("{{ v.variable }}"));

        HostAndPort server = new HostAndPort("{{ v.host }}", {{ v.port }});
        try (Jedis jedis = new Jedis(server, config.build())) {
            System.out.println(jedis.ping());
        }
    }
}

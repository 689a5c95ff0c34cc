// org.redisson:redisson, ≥ 3.30
import java.io.File;
import java.net.MalformedURLException;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.api.redisnode.RedisNodes;
import org.redisson.config.Config;
import org.redisson.config.SingleServerConfig;
import org.redisson.config.SslVerificationMode;

public class RedisTls {
    public static void main(String[] arguments) throws MalformedURLException {
        Config config = new Config();
        SingleServerConfig server = config.useSingleServer();
        // {{ v.say.passwords }}
{%- if let Some(user) = v.user %}
        server.setUsername("{{ user }}");
{%- endif %}
        server.setPassword({% if let Some(account) = v.account %}"{{ account }}@" + {% endif %}System.getenv("{{ v.variable }}"));
▎        server.setAddress("rediss://{{ v.address }}")
▎            .setSslTruststore(new File("{{ v.ca }}").toURI().toURL())
▎            .setSslTruststorePassword(System.getenv("{{ v.truststore_variable }}"))
▎            // {% if v.chain_only %}{{ v.say.chain_only }}{% else %}{{ v.say.full }}{% endif %}
▎            .setSslVerificationMode(SslVerificationMode.{% if v.chain_only %}CA_ONLY{% else %}STRICT{% endif %});

        RedissonClient client = Redisson.create(config);
        System.out.println(client.getRedisNodes(RedisNodes.SINGLE).pingAll());
        client.shutdown();
    }
}

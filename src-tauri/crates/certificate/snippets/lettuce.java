// io.lettuce:lettuce-core, ≥ 6.1
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.File;

public class RedisTls {
    public static void main(String[] arguments) {
        // {{ v.say.password }}
        String password = {% if let Some(account) = v.account %}"{{ account }}@" + {% endif %}System.getenv("{{ v.variable }}");
        RedisURI.Builder uri = RedisURI.Builder.redis("{{ v.host }}", {{ v.port }});
{%- if let Some(user) = v.user %}
        uri.withAuthentication("{{ user }}", password.toCharArray());
{%- else %}
        uri.withPassword(password.toCharArray());
{%- endif %}
▎        // {% if v.chain_only %}{{ v.say.chain_only }}{% else %}{{ v.say.full }}{% endif %}
▎        uri.withSsl(true).withVerifyPeer(SslVerifyMode.{% if v.chain_only %}CA{% else %}FULL{% endif %});
▎        SslOptions ssl = SslOptions.builder().trustManager(new File("{{ v.ca }}")).build();

        RedisClient client = RedisClient.create(uri.build());
        client.setOptions(ClientOptions.builder().sslOptions(ssl).build());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            System.out.println(connection.sync().ping());
        } finally {
            client.shutdown();
        }
    }
}

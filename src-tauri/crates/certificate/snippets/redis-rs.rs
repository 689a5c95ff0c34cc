// [dependencies]
// redis = { version = "1", features = ["{% if v.chain_only %}tls-rustls-insecure{% else %}tls-rustls{% endif %}"] }
// rustls = "0.23"
use redis::{Client, RedisConnectionInfo, TlsCertificates};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // {{ v.say.password }}
    let password = {% if let Some(account) = v.account %}"{{ account }}@".to_owned() + &{% endif %}std::env::var("{{ v.variable }}")?;
    let login = RedisConnectionInfo::default()
{%- if let Some(user) = v.user %}
        .set_username("{{ user }}")
{%- endif %}
        .set_password(password);

▎    let ca_pem = std::fs::read("{{ v.ca }}")?;
▎    let url = "rediss://{{ v.address }}";
▎    let client = Client::build_with_tls(url, TlsCertificates { client_tls: None, root_cert: Some(ca_pem) })?;
    let info = client.get_connection_info().clone().set_redis_settings(login);
{%- if v.chain_only %}
▎    // {{ v.say.chain_only }}
▎    let mut address = info.addr().clone();
▎    address.set_danger_accept_invalid_hostnames(true);
▎    let info = info.set_addr(address);
{%- else %}
▎    // {{ v.say.full }}
{%- endif %}

    let mut connection = Client::open(info)?.get_connection()?;
    let pong: String = redis::cmd("PING").query(&mut connection)?;
    println!("{pong}");
    Ok(())
}

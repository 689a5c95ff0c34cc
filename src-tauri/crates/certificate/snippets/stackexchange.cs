// dotnet add package StackExchange.Redis; .NET ≥ 7
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;

▎var chain = new X509ChainPolicy
▎{
▎    TrustMode = X509ChainTrustMode.CustomRootTrust,
▎    RevocationMode = X509RevocationMode.NoCheck,
▎};
▎chain.CustomTrustStore.ImportFromPemFile("{{ v.ca }}");

var options = new ConfigurationOptions
{
    EndPoints = { { "{{ v.host }}", {{ v.port }} } },
{%- if let Some(user) = v.user %}
    User = "{{ user }}",
{%- endif %}
    // {{ v.say.password }}
    Password = {% if let Some(account) = v.account %}"{{ account }}@" + {% endif %}Environment.GetEnvironmentVariable("{{ v.variable }}"),
▎    Ssl = true,
▎    SslClientAuthenticationOptions = host => new SslClientAuthenticationOptions
▎    {
▎        TargetHost = host,
▎        CertificateChainPolicy = chain,
{%- if v.chain_only %}
▎        // {{ v.say.chain_only }}
▎        RemoteCertificateValidationCallback = (_, _, _, errors) =>
▎            (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
{%- else %}
▎        // {{ v.say.full }}
{%- endif %}
▎    },
};

await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
Console.WriteLine(await connection.GetDatabase().ExecuteAsync("PING"));

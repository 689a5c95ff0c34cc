//! How the cloud is reached: what the options say of it, and what is said when it is not.

use rediseal_engine::view::{
    AccountView, EdgeError, LoginChoice, NetworkForm, NetworkView, ProxyChoice,
};
use rediseal_engine::{Code, Engine};
use rediseal_tencent::{DistinguishedName, Peer};
use secrecy::SecretString;
use serde::Deserialize as _;

use crate::args::Global;
use crate::failure::Failure;
use crate::language::{Language, say};
use crate::output::{Output, plain};
use crate::words::fact;

/// `USER:PASSWORD` for the proxy of `--proxy`; an argument would be there for all to read.
const LOGIN: &str = "REDISEAL_PROXY_LOGIN";

/// A clock that is off by more is worth a word; at 300 the cloud refuses.
const CLOCK_SECONDS: i64 = 60;

/// What the options say; what they do not say is as in `now`.
pub(crate) async fn form(
    engine: &Engine,
    global: &Global,
    now: Option<&NetworkView>,
    output: &Output,
) -> Result<NetworkForm, Failure> {
    let kept = now.map(|now| now.proxy.clone()).unwrap_or_default();
    let proxy = match global.proxy.as_deref() {
        None => kept,
        Some("system") => ProxyChoice::System,
        Some("none") => ProxyChoice::None,
        Some(url) if url.contains('@') => return Err(login_in_argument(output)),
        Some(url) => ProxyChoice::Url {
            url: url.to_owned(),
        },
    };
    let login = match std::env::var(LOGIN).ok().filter(|login| !login.is_empty()) {
        Some(login) if matches!(proxy, ProxyChoice::Url { .. }) => given(login),
        _ => LoginChoice::Keep,
    };
    let api_ca = match &global.api_ca {
        Some(file) if file.as_os_str() == "none" => None,
        Some(file) => Some(engine.api_ca(file).await?.id),
        None => now.and_then(|now| now.api_ca.as_ref().map(|ca| ca.id.clone())),
    };
    Ok(NetworkForm {
        proxy,
        login,
        api_ca,
        accept: global.trust_inspection.clone(),
    })
}

fn given(login: String) -> LoginChoice {
    let (user, password) = login.split_once(':').unwrap_or((&login, ""));
    LoginChoice::Given {
        user: user.to_owned(),
        password: SecretString::from(password),
    }
}

fn login_in_argument(output: &Output) -> Failure {
    Failure::usage(
        "a proxy's login is no argument",
        say!(
            output.language,
            "an argument can be read by every user of this computer: leave user and password out of --proxy, and set {LOGIN} to USER:PASSWORD",
            "本机的任何用户都能看到命令行参数：请不要在 --proxy 中写用户名和密码，而将 {LOGIN} 设为 USER:PASSWORD"
        ),
    )
}

/// Whether an option says how the cloud is reached.
pub(crate) fn is_given(global: &Global) -> bool {
    global.proxy.is_some() || global.api_ca.is_some() || !global.trust_inspection.is_empty()
}

/// Asks the cloud; who reads along is accepted when `--trust-inspection` names its key.
pub(crate) async fn check(
    engine: &Engine,
    account: &AccountView,
    global: &Global,
) -> Result<AccountView, Failure> {
    let wanted = &global.trust_inspection;
    // The API and the host of downloads may be opened by two different ones.
    for _ in 0..=wanted.len() {
        let error = match engine.check_account(&account.id).await {
            Ok(view) => return Ok(view),
            Err(error) => EdgeError::from(error),
        };
        match peer(&error).and_then(|peer| peer.root) {
            Some(root) if error.code == Code::ConnectionInspected && wanted.contains(&root.key) => {
                engine.accept_root(&account.id, &root.key).await?;
            }
            _ => return Err(error.into()),
        }
    }
    Ok(engine.check_account(&account.id).await?)
}

/// The network of an account, for people.
pub(crate) fn text(network: &NetworkView, language: Language) -> String {
    let proxy = match (&network.proxy, &network.through) {
        (ProxyChoice::None, _) => language.of("none", "不使用").to_owned(),
        (ProxyChoice::System, None) => language
            .of("as the system says: none", "按系统设置：不使用")
            .to_owned(),
        (ProxyChoice::System, Some(through)) => say!(
            language,
            "as the system says: {through}",
            "按系统设置：{through}"
        ),
        (ProxyChoice::Url { url }, _) if network.with_login => {
            say!(language, "{url}, with a login", "{url}，带登录信息")
        }
        (ProxyChoice::Url { url }, _) => url.clone(),
    };
    let mut lines = vec![say!(language, "proxy      {proxy}", "代理      {proxy}")];
    let authorities = network.api_ca.iter().flat_map(|ca| &ca.certificates);
    for certificate in authorities {
        let (subject, sha256) = (plain(&certificate.subject), &certificate.sha256);
        lines.push(say!(
            language,
            "API CA     {subject}\n           SHA-256 {sha256}",
            "API CA    {subject}\n          SHA-256 {sha256}"
        ));
    }
    for root in &network.accepted {
        let (name, key) = (named(&root.name, language), &root.key);
        lines.push(say!(
            language,
            "reads along, accepted: {name}\n           key {key}",
            "可解密查看，已接受：{name}\n          公钥 {key}"
        ));
    }
    for peer in &network.peers {
        let (host, issuer) = (plain(&peer.host), named(&peer.issuer, language));
        let public = peer.root.as_ref().is_some_and(|root| root.public);
        let kind = match public {
            true => language.of("a public authority", "公共证书机构"),
            false => language.of("not a public authority", "非公共证书机构"),
        };
        lines.push(say!(
            language,
            "{host}: certificate by {issuer}, {kind}\n           SHA-256 {}",
            "{host}：证书由 {issuer} 签发（{kind}）\n          SHA-256 {}",
            peer.sha256
        ));
    }
    lines.join("\n") + "\n"
}

fn named(name: &DistinguishedName, language: Language) -> String {
    match (name.common_name.as_str(), name.organization.as_str()) {
        ("", "") => language
            .of("an unnamed authority", "未具名的机构")
            .to_owned(),
        (name, "") | ("", name) => plain(name),
        (name, organization) => match language {
            Language::English => format!("{} ({})", plain(name), plain(organization)),
            Language::Chinese => format!("{}（{}）", plain(name), plain(organization)),
        },
    }
}

/// What happened on the way to the cloud, where the details tell more than the message.
pub(crate) fn happened(error: &EdgeError, language: Language) -> Option<String> {
    let proxy = || plain(&fact(&error.details, "proxy"));
    let failure = error
        .details
        .get("failure")
        .and_then(|value| value.as_str());
    match error.code {
        Code::ConnectionInspected => {
            let peer = peer(error)?;
            let host = plain(&peer.host);
            let by = named(&peer.root?.name, language);
            Some(say!(
                language,
                "the connection to {host} is opened and read by {by}; nothing was sent\n  \
                 Its certificate is not by a public authority but by one that was installed on this computer, as companies and security products do. Who has it sees requests and answers, temporary tokens and new Redis passwords included. The SecretKey is never sent.",
                "到 {host} 的连接会被 {by} 解密查看；没有发送任何内容\n  \
                 其证书并非由公共证书机构签发，而是由安装在本机上的机构签发，企业和安全软件常这样做。持有者能看到请求与应答，包括临时令牌和新的 Redis 密码。SecretKey 从不发送。"
            ))
        }
        Code::CertificateUntrusted => {
            let peer = peer(error)?;
            let (host, issuer) = (plain(&peer.host), named(&peer.issuer, language));
            Some(match failure? {
                "expired" => say!(
                    language,
                    "the certificate of {host} is expired by this computer's clock; nothing was sent",
                    "按本机时钟，{host} 的证书已过期；没有发送任何内容"
                ),
                "not_yet_valid" => say!(
                    language,
                    "the certificate of {host} is not valid yet by this computer's clock; nothing was sent",
                    "按本机时钟，{host} 的证书尚未生效；没有发送任何内容"
                ),
                "other_name" => say!(
                    language,
                    "the certificate that was shown for {host} is for another host; nothing was sent",
                    "{host} 出示的是其他主机的证书；没有发送任何内容"
                ),
                _ => say!(
                    language,
                    "the certificate of {host} is by {issuer}, which is not trusted; nothing was sent",
                    "{host} 的证书由 {issuer} 签发，不受信任；没有发送任何内容"
                ),
            })
        }
        Code::ProxyRefused => Some(match failure {
            Some("proxy_denied") => say!(
                language,
                "the proxy {} does not connect to the cloud: it is not allowed to, does not accept the login, or cannot",
                "代理 {} 没有连接到云端：不允许、不接受登录信息，或无法连接",
                proxy()
            ),
            _ => say!(
                language,
                "the proxy {} wants a user and a password, or others than these",
                "代理 {} 要求用户名和密码，或不接受现有的",
                proxy()
            ),
        }),
        Code::NetworkUnreachable if error.details.get("hop")?.as_str()? == "proxy" => {
            Some(match failure? {
                "dns" => say!(
                    language,
                    "the name of the proxy {} has no address",
                    "无法解析代理 {} 的主机名",
                    proxy()
                ),
                "refused" => say!(
                    language,
                    "nothing listens at the proxy {}",
                    "代理 {} 拒绝连接：没有程序在监听",
                    proxy()
                ),
                _ => say!(
                    language,
                    "the proxy {} cannot be reached: {}",
                    "无法连接代理 {}：{}",
                    proxy(),
                    plain(&fact(&error.details, "detail"))
                ),
            })
        }
        Code::ClockSkewed => {
            let offset = error.details.get("offset_seconds")?.as_i64()?;
            Some(clock(offset, language))
        }
        _ => None,
    }
}

/// What to do about it.
pub(crate) fn advice(error: &EdgeError, language: Language) -> Option<String> {
    match error.code {
        Code::ConnectionInspected => {
            let key = peer(error)?.root?.key;
            Some(say!(
                language,
                "If you know who that is and agree: --trust-inspection {key}",
                "如果您认识该机构并同意：--trust-inspection {key}"
            ))
        }
        Code::CertificateUntrusted => Some(
            language
                .of(
                    "If it is your company's, give its CA with --api-ca FILE. Check this computer's clock too.",
                    "如果签发者是贵公司，请用 --api-ca FILE 指定其 CA 证书。并请检查本机时钟。",
                )
                .to_owned(),
        ),
        Code::ProxyRefused => Some(say!(
            language,
            "Set {LOGIN} to USER:PASSWORD, or ask who runs the proxy to allow tencentcloudapi.com and myqcloud.com.",
            "请将 {LOGIN} 设为 USER:PASSWORD，或请代理管理员放行 tencentcloudapi.com 与 myqcloud.com。"
        )),
        Code::NetworkUnreachable | Code::Timeout if error.details.contains_key("proxy") => {
            let proxy = plain(&fact(&error.details, "proxy"));
            Some(say!(
                language,
                "It went through the proxy {proxy}. --proxy none goes without, --proxy URL through another one.",
                "请求经由代理 {proxy}。--proxy none 表示不使用代理，--proxy URL 可换用其他代理。"
            ))
        }
        _ => None,
    }
}

fn peer(error: &EdgeError) -> Option<Peer> {
    Peer::deserialize(error.details.get("peer")?).ok()
}

/// How far this computer's clock is off.
fn clock(offset: i64, language: Language) -> String {
    let by = span(offset.unsigned_abs(), language);
    if offset > 0 {
        say!(
            language,
            "this computer's clock is {by} behind Tencent Cloud",
            "本机时钟比腾讯云慢 {by}"
        )
    } else {
        say!(
            language,
            "this computer's clock is {by} ahead of Tencent Cloud",
            "本机时钟比腾讯云快 {by}"
        )
    }
}

/// Says what will soon be in the way: a clock that is off, a key that ends.
pub(crate) fn warn(account: &AccountView, now: jiff::Timestamp, output: &Output) {
    let language = output.language;
    if let Some(offset) = account.clock_offset
        && offset.abs() > CLOCK_SECONDS
    {
        let clock = clock(offset, language);
        output.note(&say!(
            language,
            "warning: {clock}; from 5 minutes on every request is refused",
            "警告：{clock}；偏差达到 5 分钟时所有请求都会被拒绝"
        ));
    }
    if let Some(expires) = account.expires {
        let left = expires.as_second() - now.as_second();
        let name = plain(&account.name);
        let span = span(left.unsigned_abs(), language);
        if left <= 0 {
            output.note(&say!(
                language,
                "warning: the temporary key of {name} ended {span} ago: give a new one with `rediseal-cli accounts add`; its jobs go on with it",
                "警告：{name} 的临时密钥已于 {span} 前到期：请用 `rediseal-cli accounts add` 提供新密钥，其操作会继续"
            ));
        } else if left < KEY_SECONDS {
            output.note(&say!(
                language,
                "warning: the temporary key of {name} ends in {span}",
                "警告：{name} 的临时密钥将在 {span} 后到期"
            ));
        }
    }
}

/// A key that ends sooner is worth a word.
const KEY_SECONDS: i64 = 15 * 60;

/// A span of time with its two largest units.
pub(crate) fn span(seconds: u64, language: Language) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    let all = [
        (days, "d", "天"),
        (hours, "h", "小时"),
        (minutes, "min", "分"),
        (seconds, "s", "秒"),
    ];
    let mut parts: Vec<_> = all
        .into_iter()
        .skip_while(|(count, ..)| *count == 0)
        .take(2)
        .filter(|(count, ..)| *count > 0)
        .map(|(count, english, chinese)| format!("{count} {}", language.of(english, chinese)))
        .collect();
    if parts.is_empty() {
        parts.push(language.of("0 s", "0 秒").to_owned());
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_its_two_largest_units() {
        for (seconds, expected) in [
            (0, "0 s"),
            (59, "59 s"),
            (432, "7 min 12 s"),
            (3_600, "1 h"),
            (90_061, "1 d 1 h"),
        ] {
            assert_eq!(span(seconds, Language::English), expected);
        }
        assert_eq!(span(432, Language::Chinese), "7 分 12 秒");
    }
}

//! How the cloud is reached: what the options say of it, and what is shown of it.

use std::path::Path;

use rediseal_engine::view::{
    AccountView, EdgeError, LoginChoice, NetworkForm, NetworkView, ProxyChoice,
};
use rediseal_engine::{Code, Engine, Error};
use rediseal_tencent::DistinguishedName;
use secrecy::SecretString;

use crate::args::Global;
use crate::failure::Failure;
use crate::language::{Language, say};
use crate::output::{Output, plain};

mod failed;

use failed::peer;
pub(crate) use failed::{advice, happened};

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
        Some(file) => {
            let read = engine.api_ca(file).await;
            Some(read.map_err(|error| no_authority(file, &error, output))?.id)
        }
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

fn no_authority(file: &Path, error: &Error, output: &Output) -> Failure {
    let file = plain(&file.display().to_string());
    Failure::usage(
        format!("--api-ca {file}: {error}"),
        say!(
            output.language,
            "--api-ca {file}: {error}\n  It has to be a PEM or DER file with the certificate of a CA.",
            "--api-ca {file}：{error}\n  应为含有 CA 证书的 PEM 或 DER 文件。"
        ),
    )
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

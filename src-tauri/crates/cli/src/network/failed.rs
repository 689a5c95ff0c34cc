//! What is said when the cloud is not reached.

use rediseal_engine::Code;
use rediseal_engine::view::EdgeError;
use rediseal_tencent::Peer;
use serde::Deserialize as _;

use super::{LOGIN, clock, named};
use crate::language::{Language, say};
use crate::output::plain;
use crate::words::fact;

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
        Code::ProxyRefused => Some(match fact(&error.details, "http_status").as_str() {
            "" => say!(
                language,
                "the proxy {} does not connect to the cloud: it is not allowed to, or cannot",
                "代理 {} 没有连接到云端：不允许，或无法连接",
                proxy()
            ),
            status => say!(
                language,
                "the proxy {} does not connect to the cloud; it answered with HTTP status {status}",
                "代理 {} 没有连接到云端，其应答为 HTTP 状态 {status}",
                proxy()
            ),
        }),
        Code::ProxyLogin => Some(match failure {
            Some("login_refused") => say!(
                language,
                "the proxy {} refused the login",
                "代理 {} 不接受现有的用户名和密码",
                proxy()
            ),
            Some("login_unwanted") => say!(
                language,
                "the proxy {} takes no user and no password",
                "代理 {} 不接受用户名和密码登录",
                proxy()
            ),
            Some("login_kind") => say!(
                language,
                "the proxy {} wants another kind of login than user and password: {}",
                "代理 {} 要求用户名和密码以外的登录方式：{}",
                proxy(),
                fact(&error.details, "schemes")
            ),
            _ => say!(
                language,
                "the proxy {} wants a login: a user and a password",
                "代理 {} 要求登录：需要用户名和密码",
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
                "not_socks" => say!(
                    language,
                    "what listens at {} is no SOCKS proxy: {}",
                    "{} 上的程序不是 SOCKS 代理：{}",
                    proxy(),
                    plain(&fact(&error.details, "detail"))
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
        Code::CertificateUntrusted => {
            let (english, chinese) = match fact(&error.details, "failure").as_str() {
                // No authority makes it the right host.
                "other_name" => (
                    "Another server answers in its place: check the endpoint, the proxy, and what the name resolves to here.",
                    "应答的是另一台服务器：请检查接入点、网络代理，以及该域名在本机的解析结果。",
                ),
                "expired" | "not_yet_valid" => (
                    "Check this computer's clock first; if it is right, whoever runs the host has to renew the certificate.",
                    "请先检查本机时钟；如果时钟正确，则需由该主机的管理者更新证书。",
                ),
                _ => (
                    "If it is your company's, give its CA with --api-ca FILE.",
                    "如果签发者是贵公司，请用 --api-ca FILE 指定其 CA 证书。",
                ),
            };
            Some(language.of(english, chinese).to_owned())
        }
        Code::ProxyRefused => Some(
            language
                .of(
                    "Ask who runs the proxy to allow tencentcloudapi.com and myqcloud.com.",
                    "请联系代理管理员放行 tencentcloudapi.com 与 myqcloud.com。",
                )
                .to_owned(),
        ),
        Code::ProxyLogin => Some(match fact(&error.details, "failure").as_str() {
            "login_unwanted" => say!(
                language,
                "Leave {LOGIN} out for this proxy.",
                "请不要为此代理设置 {LOGIN}。"
            ),
            "login_kind" => language
                .of(
                    "Ask who runs the proxy for a login with user and password (Basic), or go through a local proxy that speaks the other kind.",
                    "请向代理管理员申请用户名和密码（Basic）登录，或经由支持该方式的本地代理连接。",
                )
                .to_owned(),
            _ => say!(
                language,
                "Set {LOGIN} to USER:PASSWORD.",
                "请将 {LOGIN} 设为 USER:PASSWORD。"
            ),
        }),
        Code::NetworkUnreachable if fact(&error.details, "failure") == "not_socks" => {
            let proxy = plain(&fact(&error.details, "proxy"));
            Some(say!(
                language,
                "If it is an HTTP proxy, give http://{proxy} instead of socks5://{proxy}.",
                "如果它是 HTTP 代理，请将 socks5://{proxy} 改为 http://{proxy}。"
            ))
        }
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

/// Who was met.
pub(super) fn peer(error: &EdgeError) -> Option<Peer> {
    Peer::deserialize(error.details.get("peer")?).ok()
}

//! What follows from a plan, in words.

use rediseal_engine::view::Consequence;

use crate::language::{Language, say};
use crate::output::plain;
use crate::words;

/// What follows from a plan. A code that is not known is shown as it is.
pub(crate) fn text(consequence: &Consequence, language: Language) -> String {
    let fact = |key| words::fact(&consequence.facts, key);
    let (english, chinese) = match consequence.code.as_str() {
        "nothing_to_do" => (
            "it is so already: nothing will be sent",
            "已是此状态，不会发送请求",
        ),
        "plaintext_still_accepted" => (
            "Clients without TLS can go on connecting.",
            "未使用 TLS 的客户端仍可连接。",
        ),
        "new_connections_handshake" => (
            "New TLS connections cost a handshake.",
            "新建 TLS 连接需要握手开销。",
        ),
        "seconds_of_disconnection" if fact("certain") == "true" => (
            "Connections drop for a few seconds; clients must be able to reconnect.",
            "连接会中断几秒，客户端需能自动重连。",
        ),
        "seconds_of_disconnection" => (
            "Connections may drop for a few seconds; clients must be able to reconnect.",
            "连接可能中断几秒，客户端需能自动重连。",
        ),
        "certificate_without_names" => (
            "The certificate names no address, which is the vendor's default: clients can verify who signed it, and not the name. --address asks for one.",
            "证书不包含地址（腾讯云默认）：客户端可验证签发者，但无法验证名称。可用 --address 指定。",
        ),
        "certificate_for_address" => {
            let host = fact("host");
            return say!(
                language,
                "A certificate for {host} is asked for. Clients that connect to exactly that can then check the name; the vendor does not say what it puts in, so the test afterwards shows it.",
                "将申请面向 {host} 的证书：连接该地址的客户端可验证名称。腾讯云未说明写入的内容，完成后的测试会显示。"
            );
        }
        "other_addresses_not_named" => (
            "Clients that connect by another address, a DNS name or a tunnel cannot check the name; strict ones refuse.",
            "通过其他地址、域名或隧道连接的客户端无法验证名称；严格校验的客户端会拒绝连接。",
        ),
        "new_address_needs_new_certificate" => (
            "When that address changes later, the certificate has to be updated.",
            "日后该地址变更时，需要更新证书。",
        ),
        "newer_api" => {
            let parameter = fact("parameter");
            return say!(
                language,
                "{parameter} is new: where the cloud does not know it yet, it refuses and nothing changes.",
                "{parameter} 为较新的接口：云端尚不支持时会拒绝，且不做任何更改。"
            );
        }
        "address_of_closing_undocumented" => (
            "What an address does when SSL is turned off is not documented.",
            "关闭 SSL 时指定地址的作用，官方文档未说明。",
        ),
        "plaintext_connections_dropped" => (
            "Connections without TLS are dropped at once. How many there are is not known: neither the API nor the server says it without a login.",
            "未使用 TLS 的连接会立即断开。当前有多少条未知：API 与服务器在未登录时均不提供。",
        ),
        "plaintext_refused" => (
            "From then on clients without TLS cannot connect.",
            "此后未使用 TLS 的客户端无法连接。",
        ),
        "plaintext_accepted_again" => (
            "Clients without TLS can connect again; what they send crosses the network in the clear.",
            "未使用 TLS 的客户端可再次连接，其数据以明文在网络上传输。",
        ),
        "mode_not_reported" => (
            "The cloud does not report the mode; afterwards the server is tried without TLS.",
            "云端不返回加密模式；完成后会尝试不用 TLS 连接服务器以确认。",
        ),
        "certificate_replaced" => (
            "The server shows a new certificate to new connections; clients that pin the old one refuse it.",
            "新建连接将收到新证书；固定（pin）旧证书的客户端会拒绝。",
        ),
        "authority_may_change" => (
            "Whether the CA stays the same is not documented. If it changes, clients need the new CA file; it is downloaded and compared.",
            "官方文档未说明 CA 是否不变。若变化，客户端需要新的 CA 文件；完成后会下载并比较。",
        ),
        "authority_of_that_certificate" => {
            let id = fact("id");
            return say!(
                language,
                "Clients have to trust the CA that signed {id} of the SSL Certificates service.",
                "客户端必须信任签发 SSL 证书服务中 {id} 的 CA。"
            );
        }
        "older_tls_refused" => {
            let version = fact("version");
            return say!(
                language,
                "Clients that cannot do {version} are refused.",
                "不支持 {version} 的客户端将被拒绝。"
            );
        }
        "tls_clients_cut_off" => (
            "Clients using TLS are cut off and cannot reconnect until they are changed.",
            "使用 TLS 的客户端会断开，改配置之前无法再连接。",
        ),
        "plaintext_again" => (
            "Data and passwords cross the network in the clear.",
            "数据和密码将以明文在网络上传输。",
        ),
        "proxy_version_changes" => {
            let (from, to) = (fact("from"), fact("to"));
            return say!(
                language,
                "The proxy goes from {from} to {to}.",
                "代理从 {from} 升级到 {to}。"
            );
        }
        "version_changes" => {
            let to = fact("to");
            return say!(language, "The version becomes {to}.", "版本将变为 {to}。");
        }
        "no_downgrade" => (
            "There is no way back to the old version.",
            "升级后不能降级。",
        ),
        "read_only_up_to_one_minute" => (
            "The instance is read-only for up to one minute.",
            "实例最长只读 1 分钟。",
        ),
        "clients_without_password_cut_off" => (
            "Clients that connect without a password are refused.",
            "不带密码的客户端将被拒绝。",
        ),
        "waits_for_maintenance_window" => match fact("window") {
            window if window.is_empty() => (
                "The cloud waits for the maintenance window.",
                "腾讯云将在维护时间内执行。",
            ),
            window => {
                return say!(
                    language,
                    "The cloud waits for the maintenance window, {window}.",
                    "腾讯云将在维护时间（{window}）内执行。"
                );
            }
        },
        "task_cannot_be_cancelled" => (
            "Once accepted, the task cannot be cancelled.",
            "受理后任务无法取消。",
        ),
        other => return plain(other),
    };
    language.of(english, chinese).to_owned()
}

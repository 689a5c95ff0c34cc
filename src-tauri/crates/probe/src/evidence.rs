//! The words for what stages saw: what a fact is about, and what its stable values mean.

use crate::catalogue::Language;
use crate::cause::Cause;

/// What a stage's fact is about; the key itself where no word stands for it.
#[must_use]
pub fn fact_word(key: &str, language: Language) -> &str {
    let (english, chinese) = match key {
        "accepts_cipher" => ("cipher it accepts", "可接受的套件"),
        "accepts_group" => ("key exchange it accepts", "可接受的密钥交换"),
        "accepts_version" => ("version it accepts", "可接受的版本"),
        "address" => ("address", "地址"),
        "addresses" => ("addresses", "地址"),
        "after" => ("after", "发生于"),
        "alert" => ("TLS alert", "TLS 告警"),
        "answer" | "response" => ("answer", "应答"),
        "plaintext_answer" => ("answer in plaintext", "明文应答"),
        "plaintext_accepted" => ("takes plaintext too", "也接受明文"),
        "auth" => ("login", "登录"),
        "bits" => ("bits", "位数"),
        "least_bits" => ("bits needed", "所需位数"),
        "bytes" => ("bytes", "字节"),
        "certificate" => ("certificate", "证书"),
        "cipher" => ("cipher suite", "加密套件"),
        "client_certificate_asked" => ("asks for a client certificate", "要求客户端证书"),
        "clock_offset_s" => ("clock off by (s)", "时钟偏差（秒）"),
        "cloud_now" => ("time in the cloud", "云端时间"),
        "valid_by_cloud_clock" => ("valid by the cloud's clock", "按云端时间有效"),
        "common_name" => ("common name", "通用名称"),
        "confirmed" => ("confirmed", "已确认"),
        "days_left" => ("days left", "剩余天数"),
        "depth" => ("place in the chain", "链中位置"),
        "ended" => ("ended", "结束方式"),
        "error" => ("error", "错误"),
        "evidence" => ("evidence", "依据"),
        "expected" => ("expected", "期望"),
        "extended_key_usage" => ("extended key usage", "扩展密钥用途"),
        "group" => ("key exchange", "密钥交换"),
        "destination" => ("destination", "目标"),
        "hop" => ("through", "经由"),
        "host_key" => ("host key", "主机密钥"),
        "host_key_sha256" => ("its fingerprint", "其指纹"),
        "host_key_added" => ("added to the known hosts", "已加入已知主机"),
        "accepted_sha256" => ("fingerprint accepted", "已接受的指纹"),
        "known_sha256" => ("fingerprint on record", "登记的指纹"),
        "known_hosts_line" => ("line in the known hosts", "已知主机文件中的行"),
        "login" => ("logged in by", "登录方式"),
        "user" => ("user", "用户"),
        "tried" => ("tried", "已尝试"),
        "loopback" => ("loopback", "回环地址"),
        "private_address" => ("private address", "内网地址"),
        "no_route" => ("no route", "无路由"),
        "source" => ("found by", "来源"),
        "program_made" => ("program made", "程序发布时间"),
        "methods" => ("ways to log in", "可用的登录方式"),
        "agent" => ("SSH agent", "SSH agent"),
        "http_status" => ("HTTP status", "HTTP 状态码"),
        "issuer" => ("issuer", "签发者"),
        "name" => ("name", "名称"),
        "not_after" => ("valid until", "有效期至"),
        "not_before" => ("valid from", "有效期自"),
        "now" => ("time here", "本机时间"),
        "presented" => ("presented", "证书中为"),
        "protocol" => ("protocol", "协议"),
        "protocol_found" => ("speaks instead", "实际协议"),
        "reason" => ("reason", "原因"),
        "reply" => ("reply", "应答"),
        "server_version" => ("version of its answer", "其应答的版本"),
        "signature" => ("signature", "签名"),
        "sni" => ("SNI", "SNI"),
        "text" => ("as text", "文本"),
        "trusted" => ("trusted", "受信任"),
        "trusted_sha256" => ("SHA-256 of the trusted", "受信任证书的 SHA-256"),
        "version" => ("version", "版本"),
        other => return other,
    };
    language.of(english, chinese)
}

/// What a stable value of a fact means; text that comes from elsewhere stays as it is.
#[must_use]
pub fn fact_value<'a>(key: &str, value: &'a str, language: Language) -> &'a str {
    let (english, chinese) = match (key, value) {
        ("after", "nothing") => ("nothing", "（未收到任何消息）"),
        ("ended", "certificate_refused") => ("by this side: the certificate", "本端（因证书）"),
        ("plaintext_answer", "closed") => ("it closed the connection", "关闭连接"),
        ("plaintext_answer", "silent") => ("silence", "无应答"),
        ("plaintext_answer", "unreachable") => ("no connection", "无法连接"),
        ("plaintext_answer", "tls") => ("TLS", "TLS"),
        ("plaintext_answer", "other") => ("another protocol", "其他协议"),
        ("auth", "accepted") => ("accepted", "已接受"),
        ("auth", "not_needed") => ("not needed", "不需要"),
        ("source", "literal") => ("the address itself", "地址本身"),
        ("source", "hosts") => ("the hosts file", "hosts 文件"),
        ("source", "dns") => ("DNS", "DNS"),
        ("login", "none") => ("nothing", "无需凭据"),
        ("login" | "tried" | "methods", "publickey") => ("key", "密钥"),
        ("login" | "tried", "agent") => ("SSH agent", "SSH agent"),
        ("login" | "tried" | "methods", "password") => ("password", "密码"),
        ("login" | "tried" | "methods", "keyboard-interactive") => {
            ("password, as the host asked", "密码（按主机提问）")
        }
        ("evidence", "sent_certificate_reaches_trusted_ca") => (
            "a certificate that was sent leads to the trusted CA",
            "服务器发送的证书中有可追溯到受信任 CA 的",
        ),
        ("evidence", "issuer_location") => (
            "it says where its issuer's certificate is to be had",
            "证书注明了签发者证书的获取地址",
        ),
        ("evidence", "issuer_name") => (
            "its issuer is called an intermediate",
            "签发者的名称表明其为中间 CA",
        ),
        ("reason", reason) => return this_reason(reason, language),
        _ => return value,
    };
    language.of(english, chinese)
}

fn this_reason(reason: &str, language: Language) -> &str {
    if let Some(cause) = Cause::ALL.iter().find(|cause| cause.id() == reason) {
        return &cause.text(language).title;
    }
    let chinese = match reason {
        "it has a critical extension that is not known" => "含有未知的关键扩展",
        "it is not X.509 version 3" => "不是 X.509 第 3 版",
        "a CA limits names of a kind that is not known" => "CA 限制了未知类型的名称",
        "it is signed with an algorithm that is not known" => "签名算法未知",
        "it names two signature algorithms" => "其中的两处签名算法不一致",
        "it is marked as a CA" => "标记为 CA",
        "a certificate that is no CA, or may not sign, signed another" => {
            "签发者不是 CA，或无权签发证书"
        }
        "its extended key usage is empty" => "扩展密钥用途为空",
        "its extended key usage leaves out serverAuth" => "扩展密钥用途不含 serverAuth",
        "its key usage allows no key exchange of TLS" => "密钥用途不允许 TLS 的任何密钥交换",
        "a CA may not sign for these names" => "CA 无权为这些名称签发",
        "more CAs than allowed stand below a CA" => "CA 的下级层数超过允许",
        "its encoding breaks the rules of DER" => "编码不符合 DER 规则",
        "its dates cannot be read" => "有效期无法解析",
        "its serial number is not valid" => "序列号无效",
        "its issuer is not trusted" => "签发者不受信任",
        "the signature does not hold" => "签名不成立",
        "the server's certificate is not X.509" => "服务器的证书不是 X.509",
        "a certificate that the server sent is not X.509" => "服务器发送的某张证书不是 X.509",
        other => return other,
    };
    language.of(reason, chinese)
}

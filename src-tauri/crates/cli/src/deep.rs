//! The deep report and the cost of TLS as text.

use rediseal_probe::{
    CipherSuite, Cost, Gap, Order, Part, Protocol, Reason, Report, Series, Survey, Warning,
    Weakness,
};
use serde_json::Value;

use crate::certificates::date;
use crate::language::{Language, say};
use crate::output::{Output, Tone, milliseconds, plain};
use crate::table::Table;

/// Nothing when it was not asked for.
pub(crate) fn text(report: &Report, output: &Output) -> String {
    let language = output.language;
    let mut text = String::new();
    if let (Some(protocols), Some(ciphers), Some(survey)) =
        (&report.protocols, &report.ciphers, &report.survey)
    {
        text += &versions(protocols, language);
        for protocol in protocols {
            text += &suites(protocol, ciphers, output);
        }
        text += &key_exchange(protocols, language);
        text += &certificates(survey, language);
        text += &effort(survey, language);
        text += &gaps(&survey.gaps, language);
        for warning in &survey.warnings {
            text += &explanation(warning, output);
        }
    }
    if let Some(cost) = &report.cost {
        text += &price(cost, language);
    }
    text
}

fn versions(protocols: &[Protocol], language: Language) -> String {
    let mut table = Table::default();
    for protocol in protocols {
        let accepted = match protocol.accepted {
            Some(true) => language.of("accepted", "接受"),
            Some(false) => language.of("refused", "拒绝"),
            None => language.of("not known", "未知"),
        };
        let mut remarks = Vec::new();
        match protocol.resumption {
            Some(true) => remarks.push(language.of("sessions are resumed", "可恢复会话")),
            Some(false) => remarks.push(language.of("no session is resumed", "不恢复会话")),
            None => {}
        }
        if let Some(hello) = &protocol.hello {
            if !hello.extended_master_secret {
                remarks.push(language.of("no extended master secret", "无扩展主密钥"));
            }
            if !hello.secure_renegotiation {
                remarks.push(language.of("no secure renegotiation", "无安全重协商"));
            }
            if hello.compression {
                remarks
                    .push(language.of("compresses, which leaks secrets", "启用压缩，会泄露机密"));
            }
        }
        table.row([
            protocol.version.clone(),
            accepted.to_owned(),
            remarks.join(language.of(", ", "、")),
        ]);
    }
    block(
        language.of("\n  protocol versions:\n", "\n  协议版本：\n"),
        &table,
    )
}

fn suites(protocol: &Protocol, ciphers: &[CipherSuite], output: &Output) -> String {
    let language = output.language;
    let mut table = Table::default();
    for cipher in ciphers.iter().filter(|c| c.protocol == protocol.version) {
        let openssl = cipher.openssl_name.as_deref();
        // In TLS 1.3 both names are the same.
        let openssl = openssl.filter(|name| *name != cipher.name);
        let mut remarks = Vec::new();
        if let Some(weakness) = cipher.weakness {
            let weakness = self::weakness(weakness, language);
            remarks.push(output.paint(
                &say!(language, "WEAK: {weakness}", "弱：{weakness}"),
                Tone::Careful,
            ));
        }
        if !cipher.forward_secrecy {
            remarks.push(language.of("no forward secrecy", "无前向保密").to_owned());
        }
        if let Some(bits) = cipher.dh_bits {
            remarks.push(say!(language, "DH {bits} bits", "DH {bits} 位"));
        }
        let bits = cipher.bits;
        table.row([
            cipher.name.clone(),
            openssl.unwrap_or_default().to_owned(),
            say!(language, "{bits} bits", "{bits} 位"),
            remarks.join(language.of(", ", "、")),
        ]);
    }
    let version = &protocol.version;
    let order = match protocol.cipher_order {
        Some(Order::Server) => language.of(
            ", in the server's order of preference",
            "，按服务器的优先顺序",
        ),
        Some(Order::Client) => language.of(
            "; the client's order of preference decides",
            "；由客户端的优先顺序决定",
        ),
        None => "",
    };
    let title = say!(
        language,
        "\n  {version} cipher suites{order}:\n",
        "\n  {version} 密码套件{order}：\n"
    );
    block(&title, &table)
}

fn key_exchange(protocols: &[Protocol], language: Language) -> String {
    let mut groups = Table::default();
    let mut signatures = Table::default();
    for protocol in protocols {
        let names: Vec<_> = protocol
            .groups
            .iter()
            .map(|group| match group.post_quantum {
                true => say!(language, "{} (post-quantum)", "{}（抗量子）", group.name),
                false => group.name.clone(),
            })
            .collect();
        if !names.is_empty() {
            groups.row([protocol.version.clone(), names.join(", ")]);
        }
        if !protocol.signatures.is_empty() {
            signatures.row([protocol.version.clone(), protocol.signatures.join(", ")]);
        }
    }
    let groups = block(
        language.of("\n  key exchange groups:\n", "\n  密钥交换组：\n"),
        &groups,
    );
    let signatures = block(
        language.of("\n  signature schemes:\n", "\n  签名方案：\n"),
        &signatures,
    );
    groups + &signatures
}

fn certificates(survey: &Survey, language: Language) -> String {
    let mut table = Table::default();
    for presented in &survey.certificates {
        let Some(facts) = &presented.facts else {
            table.row([language.of("cannot be read", "无法解析")]);
            continue;
        };
        let key = match facts.key.bits {
            0 => facts.key.algorithm.clone(),
            bits => format!("{} {bits}", facts.key.algorithm),
        };
        let until = date(facts.not_after);
        table.row([
            key,
            plain(&facts.subject),
            say!(language, "until {until}", "至 {until}"),
            presented.cause.map_or_else(
                || language.of("holds", "有效").to_owned(),
                |cause| cause.id().to_owned(),
            ),
        ]);
    }
    let title = match survey.certificates.len() {
        0 | 1 => language.of(
            "\n  the server has one certificate:\n",
            "\n  服务器有一张证书：\n",
        ),
        _ => language.of(
            "\n  the server has several certificates; which one a client gets depends on what it offers:\n",
            "\n  服务器有多张证书，客户端收到哪一张取决于其支持的算法：\n",
        ),
    };
    block(title, &table)
}

fn effort(survey: &Survey, language: Language) -> String {
    let took = milliseconds(survey.elapsed_us);
    let (connections, at_once, rate) = (survey.connections, survey.at_once, survey.per_second);
    say!(
        language,
        "\n  found out with {connections} connections in {took}, at most {at_once} at once and {rate} a second\n",
        "\n  共用 {connections} 个连接，耗时 {took}；同时最多 {at_once} 个，每秒最多 {rate} 个\n"
    )
}

fn gaps(gaps: &[Gap], language: Language) -> String {
    let mut table = Table::default();
    for gap in gaps {
        table.row([
            gap.protocol.clone(),
            part(gap.part, language).to_owned(),
            reason(gap.reason, language).to_owned(),
        ]);
    }
    block(
        language.of(
            "\n  not complete, and not guessed:\n",
            "\n  以下未能查清，未作推测：\n",
        ),
        &table,
    )
}

const fn part(part: Part, language: Language) -> &'static str {
    let (english, chinese) = match part {
        Part::Ciphers => ("version and cipher suites", "版本与密码套件"),
        Part::Groups => ("key exchange groups", "密钥交换组"),
        Part::Signatures => ("signature schemes", "签名方案"),
        Part::Resumption => ("resumption", "会话恢复"),
    };
    language.of(english, chinese)
}

const fn reason(reason: Reason, language: Language) -> &'static str {
    let (english, chinese) = match reason {
        Reason::Silent => ("the server stopped answering", "服务器不再应答"),
        Reason::Closed => (
            "the server closes without a word, also on what it accepted before: it may limit connections",
            "服务器直接关闭连接，包括此前接受过的请求：可能限制了连接数",
        ),
        Reason::Unreachable => ("no further connection was possible", "无法再建立连接"),
        Reason::Malformed => (
            "what it answered is not TLS, or breaks its rules",
            "应答不是 TLS，或违反其规则",
        ),
        Reason::NotOffered => (
            "the server picked what was not offered",
            "服务器选择了未提供的选项",
        ),
        Reason::Deadline => (
            "the time was up: give more with --timeout",
            "时间已到：可用 --timeout 延长",
        ),
        Reason::Untrusted => (
            "the certificate is not trusted, so no handshake goes that far",
            "证书不受信任，握手不会进行到该步骤",
        ),
        Reason::ClientCertificate => (
            "the server wants a client certificate",
            "服务器要求客户端证书",
        ),
    };
    language.of(english, chinese)
}

const fn weakness(weakness: Weakness, language: Language) -> &'static str {
    let (english, chinese) = match weakness {
        Weakness::Null => ("no encryption", "不加密"),
        Weakness::Anonymous => ("proves nobody's identity", "不验证身份"),
        Weakness::Export => ("export grade", "出口级"),
        Weakness::Rc4 => ("RC4", "RC4"),
        Weakness::Rc2 => ("RC2", "RC2"),
        Weakness::Des => ("DES", "DES"),
        Weakness::TripleDes => ("3DES", "3DES"),
        Weakness::Idea => ("IDEA", "IDEA"),
        Weakness::ShortDh => ("short Diffie-Hellman prime", "Diffie-Hellman 素数过短"),
    };
    language.of(english, chinese)
}

/// Title and id, what it is about, why, and what to do.
fn explanation(warning: &Warning, output: &Output) -> String {
    let language = output.language;
    let about = warning.cause.text(language.catalogue());
    let names: Vec<_> = ["versions", "ciphers"]
        .iter()
        .filter_map(|fact| warning.facts.get(*fact)?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .map(plain)
        .collect();
    let (title, id) = (
        output.paint(&about.title, Tone::Careful),
        warning.cause.id(),
    );
    let (names, explanation, fix) = (names.join(", "), &about.explanation, &about.fix);
    say!(
        language,
        "\n{title} [{id}]\n  {explanation}\n  Accepted: {names}\n  What to do: {fix}\n",
        "\n{title}（{id}）\n  {explanation}\n  所接受的：{names}\n  处理方法：{fix}\n"
    )
}

fn price(cost: &Cost, language: Language) -> String {
    let mut table = Table::default();
    table.row(["", "p50", "p99", language.of("measured", "次数")]);
    let rows = [
        (language.of("TCP connection", "TCP 连接"), cost.connect),
        (
            language.of("handshake, cold", "握手（首次）"),
            cost.handshake,
        ),
        (
            language.of("handshake, resumed", "握手（恢复会话）"),
            cost.resumed,
        ),
        (language.of("PING with TLS", "PING（TLS）"), cost.ping_tls),
        (
            language.of("PING without TLS", "PING（明文）"),
            cost.ping_plaintext,
        ),
    ];
    for (what, series) in rows {
        let [p50, p99, count] = match series {
            Some(Series {
                count,
                p50_us,
                p99_us,
            }) => [
                milliseconds(p50_us),
                milliseconds(p99_us),
                count.to_string(),
            ],
            None => [
                language.of("not possible", "无法测量").to_owned(),
                String::new(),
                String::new(),
            ],
        };
        table.row([what.to_owned(), p50, p99, count]);
    }
    let connections = cost.connections;
    let title = say!(
        language,
        "\n  what TLS costs from here, by {connections} connections one after another:\n",
        "\n  从本机测得的 TLS 开销（依次建立 {connections} 个连接）：\n"
    );
    block(&title, &table)
}

/// Nothing without rows.
fn block(title: &str, table: &Table) -> String {
    let lines = table.lines("    ");
    if lines.is_empty() {
        return String::new();
    }
    lines
        .into_iter()
        .fold(title.to_owned(), |text, line| text + &line + "\n")
}

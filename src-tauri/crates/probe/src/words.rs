//! The words for everything that a report can say, in the user's language.

use crate::catalogue::Language;
use crate::cause::Cause;
use crate::clients::{ClientVerdict, Note, Outcome};
use crate::deep::{CipherSuite, HelloFacts, Order, Part, Protocol, Reason, Survey, Weakness};
use crate::document::milliseconds;
use crate::report::{Role, StageId, Status, Verdict};

impl Language {
    /// The tag of BCP 47.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.of("en", "zh-CN")
    }

    /// One of two fixed texts.
    #[must_use]
    pub const fn of<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::En => english,
            Self::ZhCn => chinese,
        }
    }
}

impl Verdict {
    /// In a word or two; [`Verdict::text`] has the whole sentence.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Secure => ("secure", "安全"),
            Self::ChainOnly => ("chain only", "仅证书链"),
            Self::Insecure => ("insecure", "不安全"),
            Self::Unreachable => ("unreachable", "不可达"),
        };
        language.of(english, chinese)
    }
}

impl Outcome {
    /// In a few words.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Connects => ("connects", "可连接"),
            Self::ConnectsUnchecked => ("connects, name not checked", "可连接，不校验名称"),
            Self::Refuses => ("refuses", "拒绝连接"),
            Self::Unknown => ("not known", "未知"),
        };
        language.of(english, chinese)
    }
}

impl Note {
    /// As a sentence without its full stop.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::CommonName => (
                "it takes the common name for the server's, which other clients do not",
                "它接受通用名称（CN）作为服务器名称，其他客户端则不接受",
            ),
            Self::CaDates => (
                "it does not look at the dates of a trusted CA",
                "它不检查受信任 CA 的有效期",
            ),
            Self::NoPartialChain => (
                "it takes no intermediate for a trusted CA: put the root into the CA file too",
                "它不接受将中间证书作为受信任的 CA：请将根证书一并放入 CA 文件",
            ),
            Self::DependsOnBuild => (
                "depends on the version of the TLS library below it",
                "取决于其底层 TLS 库的版本",
            ),
            Self::OwnStore => (
                "it trusts a list of its own, not the operating system's",
                "它使用自带的 CA 列表，而非操作系统的 CA",
            ),
            Self::OtherServerName => (
                "it sends another server name (SNI) than this test did",
                "它发送的服务器名称（SNI）与本次测试不同",
            ),
            Self::OtherRules => (
                "its rules differ from this test's here",
                "在这一点上，它的规则与本次测试不同",
            ),
            Self::NotSeen => (
                "the test ended before it saw the certificate",
                "测试在看到证书之前就已结束",
            ),
        };
        language.of(english, chinese)
    }
}

impl ClientVerdict {
    /// Why it does what it does, in a line; none when there is nothing to say.
    #[must_use]
    pub fn why(&self, language: Language) -> Option<&'static str> {
        match (self.note, self.cause) {
            (Some(note), _) => Some(note.word(language)),
            (None, Some(cause)) => Some(&cause.text(language).title),
            (None, None) => None,
        }
    }

    /// What has to be so for its setting to be safe. The name in it is one that the certificate
    /// has, which nobody but the user can know to be the server's.
    #[must_use]
    pub fn condition(&self, language: Language) -> Option<&'static str> {
        let other_name = self.cause == Some(Cause::CertificateNameMismatch);
        (other_name && self.setting.is_some()).then(|| {
            language.of(
                "Only if this name is the instance's: the certificate says so, and nothing else does. With a CA that many instances share, it lets any other of them answer",
                "仅当该名称属于此实例时才可使用：它只来自证书本身，没有其他依据。如果多个实例共用一个 CA，则其中任何一个都能通过",
            )
        })
    }

    /// What to write into a program: as it is set up already where that works, else what makes it
    /// work; none when no setting of a client's does.
    #[must_use]
    pub fn needs(&self) -> Option<&str> {
        let configured = (self.outcome != Outcome::Refuses).then_some(&self.configured);
        self.setting.as_ref().or(configured).map(String::as_str)
    }
}

impl StageId {
    /// What the layer is called.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Dns => ("name lookup", "域名解析"),
            Self::Tcp => ("connection", "TCP 连接"),
            Self::Hop => ("way through", "转接"),
            Self::Tls => ("TLS", "TLS 握手"),
            Self::Chain => ("certificate chain", "证书链"),
            Self::Name => ("name", "名称"),
            Self::Redis => ("Redis", "Redis"),
        };
        language.of(english, chinese)
    }
}

impl Status {
    /// How it went.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Passed => ("passed", "通过"),
            Self::Warning => ("warning", "警告"),
            Self::Failed => ("failed", "失败"),
            Self::Skipped => ("not run", "未执行"),
        };
        language.of(english, chinese)
    }
}

impl Role {
    /// Where the certificate comes from.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Leaf => ("server", "服务器"),
            Self::Sent => ("sent", "服务器发送"),
            Self::Trusted => ("trusted", "受信任"),
        };
        language.of(english, chinese)
    }
}

impl Order {
    /// Whose order a list is in, to follow its title.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Server => ("in the server's order of preference", "按服务器的优先顺序"),
            Self::Client => (
                "the client's order of preference decides",
                "由客户端的优先顺序决定",
            ),
        };
        language.of(english, chinese)
    }
}

impl Part {
    /// What is not known.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Ciphers => ("version and cipher suites", "版本与加密套件"),
            Self::Groups => ("key exchange groups", "密钥交换组"),
            Self::Signatures => ("signature schemes", "签名方案"),
            Self::Resumption => ("resumption", "会话恢复"),
        };
        language.of(english, chinese)
    }
}

impl Reason {
    /// Why it is not known.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Silent => ("the server stopped answering", "服务器不再应答"),
            Self::Closed => (
                "the server closes without a word, also on what it accepted before: it may limit connections",
                "服务器直接关闭连接，包括此前接受过的请求：可能限制了连接数",
            ),
            Self::Unreachable => ("no further connection was possible", "无法再建立连接"),
            Self::Malformed => (
                "what it answered is not TLS, or breaks its rules",
                "应答不是 TLS，或违反其规则",
            ),
            Self::NotOffered => (
                "the server picked what was not offered",
                "服务器选择了未提供的选项",
            ),
            Self::Deadline => ("the time for the test was up", "测试时间已到"),
            Self::Untrusted => (
                "the certificate is not trusted, so no handshake goes that far",
                "证书不受信任，握手不会进行到该步骤",
            ),
            Self::ClientCertificate => (
                "the server wants a client certificate",
                "服务器要求客户端证书",
            ),
            Self::Alert => (
                "the server breaks off whatever is offered: it may object to the server name (SNI)",
                "无论提供什么选项，服务器都会中止：可能不接受服务器名称（SNI）",
            ),
        };
        language.of(english, chinese)
    }
}

impl Weakness {
    /// What is wrong with a suite.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Null => ("no encryption", "不加密"),
            Self::Anonymous => ("proves nobody's identity", "不验证身份"),
            Self::Export => ("export grade", "出口级"),
            Self::Rc4 => ("RC4", "RC4"),
            Self::Rc2 => ("RC2", "RC2"),
            Self::Des => ("DES", "DES"),
            Self::TripleDes => ("3DES", "3DES"),
            Self::Idea => ("IDEA", "IDEA"),
            Self::ShortDh => ("short Diffie-Hellman prime", "Diffie-Hellman 素数过短"),
        };
        language.of(english, chinese)
    }
}

impl Protocol {
    /// Whether the server takes it.
    #[must_use]
    pub const fn word(&self, language: Language) -> &'static str {
        let (english, chinese) = match self.accepted {
            Some(true) => ("accepted", "接受"),
            Some(false) => ("refused", "拒绝"),
            None => ("not known", "未知"),
        };
        language.of(english, chinese)
    }

    /// What else its answers tell.
    #[must_use]
    pub fn remarks(&self, language: Language) -> Vec<&'static str> {
        let resumption = self.resumption.map(|resumed| match resumed {
            true => language.of("sessions are resumed", "可恢复会话"),
            false => language.of("no session is resumed", "不恢复会话"),
        });
        let hello = self.hello.as_ref();
        let odd = |is_odd: fn(&HelloFacts) -> bool, english, chinese| {
            hello
                .filter(|hello| is_odd(hello))
                .map(|_| language.of(english, chinese))
        };
        [
            resumption,
            odd(
                |hello| !hello.extended_master_secret,
                "no extended master secret",
                "无扩展主密钥",
            ),
            odd(
                |hello| !hello.secure_renegotiation,
                "no secure renegotiation",
                "无安全重协商",
            ),
            odd(
                |hello| hello.compression,
                "compresses, which leaks secrets",
                "启用压缩，会泄露机密",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl CipherSuite {
    /// What speaks against it, beside its [`Weakness`].
    #[must_use]
    pub fn remarks(&self, language: Language) -> Vec<String> {
        let secrecy = (!self.forward_secrecy)
            .then(|| language.of("no forward secrecy", "无前向保密").to_owned());
        let prime = self.dh_bits.map(|bits| match language {
            Language::En => format!("DH {bits} bits"),
            Language::ZhCn => format!("DH {bits} 位"),
        });
        secrecy.into_iter().chain(prime).collect()
    }
}

impl Survey {
    /// What it took to find this out, in a sentence without its full stop.
    #[must_use]
    pub fn effort(&self, language: Language) -> String {
        let took = milliseconds(self.elapsed_us);
        let (connections, at_once, rate) = (self.connections, self.at_once, self.per_second);
        match language {
            Language::En => format!(
                "found out with {connections} connections in {took}, at most {at_once} at once and {rate} a second"
            ),
            Language::ZhCn => format!(
                "共用 {connections} 个连接，耗时 {took}；同时最多 {at_once} 个，每秒最多 {rate} 个"
            ),
        }
    }
}

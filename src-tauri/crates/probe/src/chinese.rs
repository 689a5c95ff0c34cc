//! What makes a test impossible to start, in Simplified Chinese.

use crate::error::Error;
use crate::route::{KeyError, ViaError};

impl Error {
    /// What its `Display` says. Reasons that come from the system stay as they are.
    #[must_use]
    pub fn chinese(&self) -> String {
        match self {
            Self::Address { given } => {
                format!("{given:?} 不是可连接的地址：请写 host:port，IPv6 写作 [address]:port")
            }
            Self::Name { given } => format!("{given:?} 既不是域名，也不是 IP 地址"),
            Self::Sni { given } => {
                format!("{given:?} 是 IP 地址，而服务器名称（SNI）只能是域名")
            }
            Self::Via(error) => format!("途经的主机写法有误：{}", error.chinese()),
            Self::Key(error) => error.chinese(),
            Self::NoAuthorities => "没有提供 CA 证书，因此无法信任任何服务器".to_owned(),
            Self::Authority { index } => {
                format!("第 {} 张 CA 证书无法按 X.509 解析", index + 1)
            }
            Self::OsStore { reason } => format!("无法读取操作系统的信任库：{reason}"),
        }
    }
}

impl ViaError {
    const fn chinese(self) -> &'static str {
        match self {
            Self::Scheme => "须以 socks5://、http:// 或 ssh:// 开头",
            Self::Host => "没有主机；请写 scheme://[user@]host[:port]，IPv6 加方括号",
            Self::Password => "其中含有密码，他人可能读到；请去掉并另行提供",
            Self::User => "SSH 主机需要用户：ssh://user@host",
        }
    }
}

impl KeyError {
    fn chinese(&self) -> String {
        match self {
            Self::Unreadable { reason } => return format!("无法读取密钥文件：{reason}"),
            Self::NoKey => "文件中没有可用的私钥",
            Self::Encrypted => "该密钥需要口令",
            Self::WrongPassphrase => "密钥的口令有误",
        }
        .to_owned()
    }
}

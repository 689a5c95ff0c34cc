//! The errors in Simplified Chinese.

use crate::{Error, PemProblem};

impl Error {
    /// What its `Display` says, in Simplified Chinese. Reasons that come from the system or a
    /// library stay as they are.
    #[must_use]
    pub fn chinese(&self) -> String {
        match self {
            Self::Empty => "文件为空".to_owned(),
            Self::NotACertificate { looks } => {
                format!("既不是 PEM 也不是 DER，看起来是{}", spaced(looks.chinese()))
            }
            Self::Pem {
                block,
                line,
                problem,
            } => format!("第 {line} 行的第 {block} 个 PEM 块：{}", problem.chinese()),
            Self::Malformed { reason } => format!("不是有效的 X.509 证书：{reason}"),
            Self::Pkcs7 { reason } => format!("无法读取此 PKCS#7 证书包：{reason}"),
            Self::Pkcs12 { reason } => format!("无法读取此 PKCS#12 文件：{reason}"),
            Self::Jks { reason } => format!("无法读取此 JKS 密钥库：{reason}"),
            Self::PasswordNeeded => "需要密码才能打开".to_owned(),
            Self::PasswordWrong => "密码有误，或文件在生成后被改动".to_owned(),
            Self::PasswordTooShort { least } => format!("密码至少需要 {least} 个字符"),
            Self::PasswordNotAscii => {
                "密码含有各程序处理不一致的字符：请使用 ASCII 字符".to_owned()
            }
            Self::NoRandomness => "操作系统未能提供随机数".to_owned(),
            Self::Scheme { name } => format!("其保护方式 {name} 不受支持"),
            Self::TooManyRounds { rounds, .. } => {
                format!("其密码需迭代 {rounds} 次，正常文件不会如此")
            }
            Self::TooManyCertificates { limit } => format!("证书超过 {limit} 张"),
            Self::NoneInside { private_keys: 0 } => "其中没有证书".to_owned(),
            Self::NoneInside { private_keys } => {
                format!("其中没有证书，只有 {private_keys} 个私钥")
            }
            Self::NotAnArchive { looks } => {
                format!("不是 zip 压缩包，看起来是{}", spaced(looks.chinese()))
            }
            Self::Truncated => "压缩包不完整".to_owned(),
            Self::Damaged { reason } => format!("压缩包已损坏：{reason}"),
            Self::TooLarge { limit } => format!("超过 {limit} 字节"),
            Self::TooManyFiles { count, limit } => {
                format!("压缩包内有 {count} 个文件，最多允许 {limit} 个")
            }
            Self::Bomb { name, limit } => {
                format!("{name:?} 解压后过大：总计超过 {limit} 字节，正常压缩包不会如此")
            }
            Self::Overlap => "压缩包内多个文件共用同一段数据".to_owned(),
            Self::DuplicateName => "压缩包内有两个同名文件".to_owned(),
            Self::Traversal { name } => format!("文件名 {name:?} 不是压缩包内的普通路径"),
            Self::NameTooLong { length, limit } => {
                format!("压缩包内有文件名长 {length} 字节，最多允许 {limit} 字节")
            }
            Self::Symlink { name } => format!("{name:?} 是符号链接"),
            Self::Encrypted { name } => format!("{name:?} 以密码加密"),
            Self::Compression { name } => format!("{name:?} 的压缩方式不受支持"),
            Self::NoCertificate { files } if files.is_empty() => "压缩包为空".to_owned(),
            Self::NoCertificate { files } => {
                format!("压缩包内没有证书，只有 {} 个其他文件", files.len())
            }
            Self::InFile { name, error } => format!("压缩包内的 {name:?}：{}", error.chinese()),
            Self::Exists { path } => format!("{} 已存在", path.display()),
            Self::IsFolder { path } => format!("{} 是目录", path.display()),
            Self::FolderMissing { path } => format!("{} 所在目录不存在", path.display()),
            Self::NotWritable { path, reason } => {
                format!("{} 不可写：{reason}", path.display())
            }
            Self::DiskFull { path } => format!("{} 所在磁盘已满", path.display()),
            Self::Write { path, reason } => format!("写入 {} 失败：{reason}", path.display()),
        }
    }
}

impl PemProblem {
    fn chinese(&self) -> String {
        match self {
            Self::NotEnded { label } => format!("缺少 -----END {label}----- 行"),
            Self::LabelsDiffer { label, ended } => {
                format!("以 {label:?} 开头，却以 {ended:?} 结尾")
            }
            Self::Boundary { line } => {
                format!("第 {line} 行不是块的起止行；起止标记应各占一行")
            }
            Self::NotBase64 { line } => format!("第 {line} 行不是 Base64"),
            Self::Empty => "内容为空".to_owned(),
            Self::Content(error) => error.chinese(),
            Self::PrivateKey => "是私钥，此处不读取：文件中请只保留证书".to_owned(),
            Self::OpensslTrusted => {
                "是 OpenSSL 自有的受信任证书格式；`openssl x509 -in FILE` 可输出标准格式".to_owned()
            }
            Self::OtherLabel { label } => format!("是 {label:?}，不是证书"),
        }
    }
}

/// After a Chinese character: Latin words stand apart.
fn spaced(text: &str) -> String {
    match text.starts_with(|c: char| c.is_ascii()) {
        true => format!(" {text}"),
        false => text.to_owned(),
    }
}

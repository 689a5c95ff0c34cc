//! What a file that holds no certificate looks like, without a byte of it: it may be a file of
//! secrets that was named by mistake.

use std::fmt;

/// By its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names say it")]
pub enum Looks {
    Nothing,
    Html,
    Xml,
    Json,
    SshKey,
    Zip,
    Gzip,
    Pdf,
    /// ELF, PE or Mach-O.
    Program,
    Image,
    /// UTF-8, or UTF-16 with its mark.
    Text,
    Binary,
}

impl Looks {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        /// No kind shows itself later.
        const LOOKED_AT: usize = 512;
        let first = bytes.get(..LOOKED_AT).unwrap_or(bytes);
        if first.is_empty() {
            return Self::Nothing;
        }
        for (magic, looks) in MAGIC {
            if first.starts_with(magic) {
                return *looks;
            }
        }
        let Some(text) = text(first) else {
            return Self::Binary;
        };
        let text = text.trim_start().to_ascii_lowercase();
        let begins = |with: &[&str]| with.iter().any(|with| text.starts_with(with));
        if begins(&["<!doctype html", "<html"]) {
            Self::Html
        } else if begins(&["<?xml"]) {
            Self::Xml
        } else if begins(&["{", "["]) {
            Self::Json
        } else if begins(&["ssh-", "ecdsa-sha2-"]) {
            Self::SshKey
        } else {
            Self::Text
        }
    }

    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::Nothing => "空文件",
            Self::Html => "HTML 网页",
            Self::Xml => "XML",
            Self::Json => "JSON",
            Self::SshKey => "SSH 公钥",
            Self::Zip => "zip 压缩包",
            Self::Gzip => "gzip 压缩文件",
            Self::Pdf => "PDF",
            Self::Program => "程序文件",
            Self::Image => "图片",
            Self::Text => "文本",
            Self::Binary => "其他二进制数据",
        }
    }
}

/// What the messages call it, to follow "it looks like".
impl fmt::Display for Looks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "an empty file",
            Self::Html => "a web page (HTML)",
            Self::Xml => "XML",
            Self::Json => "JSON",
            Self::SshKey => "a public key of SSH",
            Self::Zip => "a zip archive",
            Self::Gzip => "a gzip file",
            Self::Pdf => "a PDF",
            Self::Program => "a program",
            Self::Image => "a picture",
            Self::Text => "plain text",
            Self::Binary => "other binary data",
        })
    }
}

const MAGIC: &[(&[u8], Looks)] = &[
    (b"PK\x03\x04", Looks::Zip),
    (b"PK\x05\x06", Looks::Zip),
    (b"\x1f\x8b", Looks::Gzip),
    (b"%PDF-", Looks::Pdf),
    (b"\x7fELF", Looks::Program),
    (b"MZ", Looks::Program),
    (b"\xcf\xfa\xed\xfe", Looks::Program),
    (b"\x89PNG", Looks::Image),
    (b"\xff\xd8\xff", Looks::Image),
    (b"GIF8", Looks::Image),
    (b"\xff\xfe", Looks::Text),
    (b"\xfe\xff", Looks::Text),
];

/// None when it is none; a last character may be cut off.
fn text(bytes: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let steers = |c: char| c.is_control() && !c.is_whitespace();
    (!text.contains(steers)).then_some(text)
}

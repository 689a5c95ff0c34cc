//! Files of certificates that the user names, opened with a password where they need one.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::vec;

use rediseal_certificate::{Contents, Error, FILE_LIMIT};
use rediseal_engine::Code;
use secrecy::SecretString;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::language::say;
use crate::output::{Output, plain};
use crate::secret;

/// Where passwords come from.
pub(crate) enum Passwords {
    /// From whoever sits at the terminal.
    Asked,
    /// The lines of stdin, one for each file that needs one, the last for all that follow.
    Stdin {
        lines: vec::IntoIter<SecretString>,
        last: Option<SecretString>,
    },
}

impl Passwords {
    pub(crate) fn new(stdin: bool, output: &Output) -> Result<Self, Failure> {
        Ok(match stdin {
            false => Self::Asked,
            true => Self::Stdin {
                lines: secret::lines(output)?.into_iter(),
                last: None,
            },
        })
    }

    fn next(&mut self, name: &str, output: &Output) -> Result<SecretString, Failure> {
        match self {
            Self::Asked => {
                let name = plain(name);
                let prompt = say!(output.language, "Password of {name}: ", "{name} 的密码：");
                secret::hidden(&prompt, output).map_err(|_| password_needed(&name, output))
            }
            Self::Stdin { lines, last } => {
                if let Some(line) = lines.next() {
                    *last = Some(line);
                }
                last.clone().ok_or_else(|| password_needed(name, output))
            }
        }
    }
}

/// A file that was read.
pub(crate) struct Opened {
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) contents: Contents,
}

/// Reads it, `-` from stdin. `exit` is that of a file that holds nothing of use.
pub(crate) fn open(
    path: &Path,
    passwords: &mut Passwords,
    exit: Exit,
    output: &Output,
) -> Result<Opened, Failure> {
    let name = path.display().to_string();
    let bytes = read(path).map_err(|error| match error {
        Unreadable::TooLarge => bad(&name, &Error::TooLarge { limit: FILE_LIMIT }, exit, output),
        Unreadable::Io(error) => unreadable(&name, &error, output),
    })?;
    let contents = match Contents::read(&bytes, None) {
        Err(error) if error.code() == Error::PasswordNeeded.code() => {
            let password = passwords.next(&name, output)?;
            Contents::read(&bytes, Some(&password))
        }
        other => other,
    };
    Ok(Opened {
        size: bytes.len() as u64,
        contents: contents.map_err(|error| bad(&name, &error, exit, output))?,
        name,
    })
}

/// The certificates of a file, DER, as the only ones to trust.
pub(crate) fn authorities(path: &Path, output: &Output) -> Result<Vec<Vec<u8>>, Failure> {
    let opened = open(path, &mut Passwords::Asked, Exit::Usage, output)?;
    let found = opened.contents.certificates.into_iter();
    Ok(found.map(|one| one.certificate.der().to_vec()).collect())
}

enum Unreadable {
    TooLarge,
    Io(io::Error),
}

/// No more than is read anyway, so that a device or a wrong file does not fill the memory.
fn read(path: &Path) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        let mut limited = io::stdin().lock().take(FILE_LIMIT + 1);
        limited.read_to_end(&mut bytes).map_err(Unreadable::Io)?;
    } else {
        let file = File::open(path).map_err(Unreadable::Io)?;
        if file.metadata().is_ok_and(|about| about.len() > FILE_LIMIT) {
            return Err(Unreadable::TooLarge);
        }
        let mut limited = file.take(FILE_LIMIT + 1);
        limited.read_to_end(&mut bytes).map_err(Unreadable::Io)?;
    }
    match bytes.len() as u64 > FILE_LIMIT {
        true => Err(Unreadable::TooLarge),
        false => Ok(bytes),
    }
}

fn unreadable(name: &str, error: &io::Error, output: &Output) -> Failure {
    let shown = plain(name);
    Failure::usage(
        format!("{name} cannot be read: {error}"),
        say!(
            output.language,
            "{shown} cannot be read: {error}",
            "无法读取 {shown}：{error}"
        ),
    )
}

/// `details.problem` is the stable name of what is wrong.
pub(crate) fn bad(name: &str, error: &Error, exit: Exit, output: &Output) -> Failure {
    let shown = plain(name);
    let text = match output.language {
        crate::language::Language::English => plain(&error.to_string()),
        crate::language::Language::Chinese => plain(&error.chinese()),
    };
    let mut failure = Failure::own(
        exit,
        Code::CertificateInvalid,
        format!("{name}: {error}"),
        say!(output.language, "{shown}: {text}", "{shown}：{text}"),
    );
    let details = &mut failure.error.details;
    details.insert("problem".to_owned(), json!(error.code()));
    details.insert("file".to_owned(), json!(name));
    failure
}

fn password_needed(name: &str, output: &Output) -> Failure {
    let error = Error::PasswordNeeded;
    let shown = plain(name);
    let mut failure = bad(name, &error, Exit::Usage, output);
    failure.error.code = Code::InvalidInput;
    Failure::with_text(
        failure.error,
        say!(
            output.language,
            "{shown} opens with a password only\n  Pipe it in with --password-stdin, or run this in a terminal to be asked for it.",
            "{shown} 需要密码才能打开\n  请用 --password-stdin 从管道传入，或在终端中运行以便输入。"
        ),
    )
}

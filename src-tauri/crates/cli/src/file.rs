//! Files of certificates that the user names, opened with a password where they need one.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::vec;

use rediseal_certificate::{Contents, Error, FILE_LIMIT, generate_password};
use rediseal_engine::Code;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::args;
use crate::failure::{Exit, Failure};
use crate::language::say;
use crate::output::{Output, plain};
use crate::secret;

/// Where the passwords of files come from.
pub(crate) struct Passwords {
    /// The lines of stdin, one for each password in the order of need. None: the terminal is
    /// asked.
    stdin: Option<vec::IntoIter<SecretString>>,
    /// Files open with what stdin says, and not with what the terminal says.
    for_files: bool,
    /// The last of the lines stands for all files that follow.
    last: Option<SecretString>,
}

impl Passwords {
    /// `for_files` and `for_new` say what stdin has.
    pub(crate) fn new(for_files: bool, for_new: bool, output: &Output) -> Result<Self, Failure> {
        let stdin = match for_files || for_new {
            true => Some(secret::lines(output)?.into_iter()),
            false => None,
        };
        Ok(Self {
            stdin,
            for_files,
            last: None,
        })
    }

    /// The next line of stdin, for what is no file.
    pub(crate) fn line(&mut self, output: &Output) -> Result<SecretString, Failure> {
        secret::next(&mut self.stdin.iter_mut().flatten(), output)
    }

    fn next(&mut self, name: &str, output: &Output) -> Result<SecretString, Failure> {
        match &mut self.stdin {
            Some(lines) if self.for_files => {
                if let Some(line) = lines.next() {
                    self.last = Some(line);
                }
                self.last
                    .clone()
                    .ok_or_else(|| password_needed(name, output))
            }
            _ => {
                let shown = plain(name);
                let prompt = say!(output.language, "Password of {shown}: ", "{shown} 的密码：");
                secret::hidden(&prompt, output).map_err(|_| password_needed(name, output))
            }
        }
    }

    /// For a truststore that is about to be written.
    pub(crate) fn new_one(
        &mut self,
        from: &args::NewPassword,
        output: &Output,
    ) -> Result<NewPassword, Failure> {
        if from.generate_password {
            let secret =
                generate_password().map_err(|error| bad("stderr", &error, Exit::No, output))?;
            return Ok(NewPassword::Generated(secret));
        }
        if let Some(lines) = self.stdin.as_mut().filter(|_| from.new_password_stdin) {
            return secret::next(lines, output).map(NewPassword::Chosen);
        }
        let ask = |english, chinese| {
            let prompt = output.language.of(english, chinese);
            secret::hidden(prompt, output).map_err(|_| no_new_password(output))
        };
        let first = ask("Password for the truststore: ", "信任库的密码：")?;
        let second = ask("Once more: ", "再次输入：")?;
        match first.expose_secret() == second.expose_secret() {
            true => Ok(NewPassword::Chosen(first)),
            false => Err(Failure::usage(
                "the two passwords differ",
                output
                    .language
                    .of("the two passwords differ", "两次输入的密码不一致"),
            )),
        }
    }
}

/// The password of a new truststore.
pub(crate) enum NewPassword {
    Chosen(SecretString),
    Generated(SecretString),
}

impl NewPassword {
    pub(crate) const fn secret(&self) -> &SecretString {
        match self {
            Self::Chosen(secret) | Self::Generated(secret) => secret,
        }
    }

    /// Once the files are written: a generated one, to people and on stderr only.
    pub(crate) fn show(self, output: &Output) {
        if let Self::Generated(secret) = self {
            let password = secret.expose_secret();
            output.note(&say!(
                output.language,
                "password: {password}\n  It is shown this once and kept nowhere.",
                "密码：{password}\n  仅显示这一次，不会保存在任何地方。"
            ));
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
    let opened = open(
        path,
        &mut Passwords::new(false, false, output)?,
        Exit::Usage,
        output,
    )?;
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

fn no_new_password(output: &Output) -> Failure {
    Failure::usage(
        "a truststore needs a password: --generate-password or --new-password-stdin",
        output.language.of(
            "a truststore needs a password\n  --generate-password makes one, --new-password-stdin reads one from a pipe, and a terminal is asked.",
            "信任库需要密码\n  --generate-password 可生成密码，--new-password-stdin 可从管道读取；在终端中运行则会询问。",
        ),
    )
}

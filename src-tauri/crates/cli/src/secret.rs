//! Secrets come in through stdin or the environment, never as an argument, which every user of
//! the computer could read.

use std::io::{self, IsTerminal as _, Read as _};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::failure::Failure;
use crate::language::say;
use crate::output::Output;

/// Longer than any password or token of the vendor.
const LIMIT: u64 = 16 * 1024;

/// The next line of stdin.
pub(crate) fn next(
    lines: &mut impl Iterator<Item = SecretString>,
    output: &Output,
) -> Result<SecretString, Failure> {
    lines.next().ok_or_else(|| {
        Failure::usage(
            "stdin has no password",
            output
                .language
                .of("there is no password on stdin", "标准输入中没有密码"),
        )
    })
}

/// What a terminal answers without showing it.
pub(crate) fn hidden(prompt: &str, output: &Output) -> Result<SecretString, Failure> {
    rpassword::prompt_password(prompt)
        .map(SecretString::from)
        .map_err(|error| {
            Failure::usage(
                format!("the terminal cannot be read: {error}"),
                say!(
                    output.language,
                    "the terminal cannot be read: {error}",
                    "无法读取终端：{error}"
                ),
            )
        })
}

/// The lines of stdin that are not empty.
pub(crate) fn lines(output: &Output) -> Result<Vec<SecretString>, Failure> {
    if io::stdin().is_terminal() {
        return Err(Failure::usage(
            "stdin is a terminal, which would show the secret",
            output.language.of(
                "stdin is a terminal, which would show what is typed: pipe the secret in, such as `pass show redis | rediseal-cli …`",
                "标准输入是终端，会显示键入的内容：请用管道传入，例如 `pass show redis | rediseal-cli …`",
            ),
        ));
    }
    let mut text = Zeroizing::new(String::new());
    io::stdin()
        .lock()
        .take(LIMIT)
        .read_to_string(&mut text)
        .map_err(|error| {
            Failure::usage(
                format!("stdin cannot be read: {error}"),
                say!(
                    output.language,
                    "stdin cannot be read: {error}",
                    "无法读取标准输入：{error}"
                ),
            )
        })?;
    Ok(text
        .lines()
        .filter(|line| !line.is_empty())
        .map(SecretString::from)
        .collect())
}

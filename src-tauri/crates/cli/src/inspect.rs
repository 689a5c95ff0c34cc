//! `rediseal-cli inspect`: what certificates files hold, what is odd about them, and whether they
//! signed what a server shows.

use std::path::Path;

use jiff::Timestamp;
use rediseal_certificate::{Kind, Oddity};
use rediseal_engine::inspect;
use rediseal_engine::view::{Inspection, Signed};
use serde::Serialize;

use crate::args::{self, Global};
use crate::certificates;
use crate::failure::{Exit, Failure};
use crate::file::{self, Passwords};
use crate::language::{Language, say};
use crate::output::{Output, Tone, plain};
use crate::signed::{self, Server};

/// The JSON form, of one file.
#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    inspection: Inspection,
    /// Only where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<Signed>,
}

pub(crate) async fn run(
    arguments: &args::Inspect,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let now = Timestamp::now();
    refuse_two_uses_of_stdin(arguments, output)?;
    let mut passwords = Passwords::new(arguments.password_stdin, false, output)?;
    let server = match &arguments.server {
        Some(server) => Some(Server::find(server, global, output).await?),
        None => None,
    };
    let mut answers = Vec::new();
    for path in &arguments.files {
        let opened = file::open(path, &mut passwords, Exit::No, output)?;
        let signed = match &server {
            Some(server) => Some(server.signed_by(&opened.contents, output).await?),
            None => None,
        };
        let language = output.language.catalogue();
        answers.push(Answer {
            inspection: inspect(opened.name, opened.size, opened.contents, now, language),
            server: signed,
        });
    }
    let text = || {
        let texts: Vec<_> = answers.iter().map(|one| text(one, now, output)).collect();
        texts.join("\n")
    };
    match answers.as_slice() {
        [one] => output.result(one, text),
        all => output.result(&all, text),
    }
    Ok(answers
        .iter()
        .filter_map(|one| one.server.as_ref())
        .map(signed::exit)
        .find(|exit| *exit != Exit::Yes)
        .unwrap_or(Exit::Yes))
}

fn refuse_two_uses_of_stdin(arguments: &args::Inspect, output: &Output) -> Result<(), Failure> {
    let mut of_stdin = arguments
        .files
        .iter()
        .filter(|file| *file == Path::new("-"));
    if of_stdin.next().is_none() || !arguments.password_stdin && of_stdin.next().is_none() {
        return Ok(());
    }
    Err(Failure::usage(
        "stdin can be read once",
        output.language.of(
            "stdin can be read once: either one file or the passwords",
            "标准输入只能读取一次：要么是一个文件，要么是密码",
        ),
    ))
}

fn text(answer: &Answer, now: Timestamp, output: &Output) -> String {
    let inspection = &answer.inspection;
    let language = output.language;
    let name = plain(&inspection.file);
    let kind = kind(inspection.kind, language);
    let count = inspection.certificates.len();
    let mut text = say!(
        language,
        "{name}: {kind}, certificates in it: {count}\n",
        "{name}：{kind}，内含证书 {count} 张\n"
    );
    if !inspection.files.is_empty() {
        let files = plain(&inspection.files.join(", "));
        text += &say!(language, "  files: {files}\n", "  文件：{files}\n");
    }
    if inspection.private_keys > 0 {
        let keys = inspection.private_keys;
        let warning = say!(
            language,
            "  private keys: {keys}, not read. Whoever only checks servers needs none: keep this file secret, and hand out the certificates alone.\n",
            "  私钥：{keys} 个，未读取。仅验证服务器的一方不需要私钥：请妥善保管此文件，只分发证书。\n"
        );
        text += &output.paint(&warning, Tone::Careful);
    }
    if !inspection.others.is_empty() {
        let others = plain(&inspection.others.join(", "));
        text += &say!(language, "  also: {others}\n", "  另有：{others}\n");
    }
    for found in &inspection.certificates {
        text.push('\n');
        text += &certificates::text(&found.facts, &found.files, now, output);
        if let Some(alias) = &found.alias {
            let alias = plain(alias);
            text += &say!(language, "  alias    {alias}\n", "  别名  {alias}\n");
        }
        for odd in &found.odd {
            text += &oddity(*odd, output);
        }
    }
    for unread in &inspection.unread {
        let (file, error) = (plain(&unread.file), plain(&unread.error));
        text += &say!(
            language,
            "\nnot read: {file}: {error}\n",
            "\n未能读取：{file}：{error}\n"
        );
    }
    if let Some(server) = &answer.server {
        text.push('\n');
        text += &signed::text(server, &inspection.certificates, output);
    }
    text
}

fn kind(kind: Kind, language: Language) -> &'static str {
    match kind {
        Kind::Archive => language.of("zip archive", "zip 压缩包"),
        Kind::Pem => "PEM",
        Kind::Der => "DER",
        Kind::Pkcs7 => "PKCS#7",
        Kind::Pkcs12 => "PKCS#12",
        Kind::Jks => "JKS",
    }
}

fn oddity(oddity: Oddity, output: &Output) -> String {
    let text = match output.language {
        Language::English => oddity.english(),
        Language::Chinese => oddity.chinese(),
    };
    let title = output.paint(&text.title, Tone::Careful);
    let explanation = &text.explanation;
    say!(
        output.language,
        "  odd: {title}. {explanation}\n",
        "  异常：{title}。{explanation}\n"
    )
}

//! `rediseal-cli inspect`: what certificates files hold, what is odd about them, and whether they
//! signed what a server shows.

use std::path::Path;

use jiff::Timestamp;
use rediseal_certificate::{Facts, Kind, Oddity};
use serde::Serialize;

use crate::args::{self, Global};
use crate::certificates;
use crate::failure::{Exit, Failure};
use crate::file::{self, Opened, Passwords};
use crate::language::{Language, say};
use crate::output::{Output, Tone, plain};
use crate::signed::{self, Server, Signed};

/// The JSON form, of one file.
#[derive(Serialize)]
struct Inspection {
    file: String,
    kind: Kind,
    /// Bytes.
    size: u64,
    /// All names in an archive; empty for other kinds.
    files: Vec<String>,
    certificates: Vec<Found>,
    /// How many there are beside the certificates.
    private_keys: usize,
    /// What else there is, such as `CERTIFICATE REQUEST`.
    others: Vec<String>,
    /// Files of an archive that look like certificates and could not be read.
    unread: Vec<Unread>,
    /// Only where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<Signed>,
}

#[derive(Serialize)]
struct Found {
    #[serde(flatten)]
    facts: Facts,
    /// The files of an archive that hold it.
    files: Vec<String>,
    /// The name that a keystore gives it.
    alias: Option<String>,
    odd: Vec<Oddity>,
}

#[derive(Serialize)]
struct Unread {
    file: String,
    /// Stable.
    problem: &'static str,
    error: String,
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
    let mut inspections = Vec::new();
    for path in &arguments.files {
        let opened = file::open(path, &mut passwords, Exit::No, output)?;
        let signed = match &server {
            Some(server) => Some(server.signed_by(&opened.contents, output).await?),
            None => None,
        };
        inspections.push(inspection(opened, signed, now, output));
    }
    let text = || {
        let texts: Vec<_> = inspections
            .iter()
            .map(|one| text(one, now, output))
            .collect();
        texts.join("\n")
    };
    match inspections.as_slice() {
        [one] => output.result(one, text),
        all => output.result(&all, text),
    }
    Ok(inspections
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

fn inspection(
    opened: Opened,
    server: Option<Signed>,
    now: Timestamp,
    output: &Output,
) -> Inspection {
    let contents = opened.contents;
    let odd = contents.oddities(now);
    let found = contents.certificates.into_iter().zip(odd);
    let unread = contents.unread.into_iter();
    Inspection {
        file: opened.name,
        kind: contents.kind,
        size: opened.size,
        files: contents.files,
        certificates: found
            .map(|(found, odd)| Found {
                facts: found.certificate.facts().clone(),
                files: found.files,
                alias: found.alias,
                odd,
            })
            .collect(),
        private_keys: contents.private_keys,
        others: contents.others,
        unread: unread
            .map(|unread| Unread {
                file: unread.file,
                problem: unread.error.code(),
                error: match output.language {
                    Language::English => unread.error.to_string(),
                    Language::Chinese => unread.error.chinese(),
                },
            })
            .collect(),
        server,
    }
}

fn text(inspection: &Inspection, now: Timestamp, output: &Output) -> String {
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
    if let Some(server) = &inspection.server {
        text.push('\n');
        text += &signed::text(server, output);
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

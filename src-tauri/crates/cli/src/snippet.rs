//! `rediseal-cli snippet`: programs that connect over TLS, to copy.

use std::path::Path;

use jiff::Timestamp;
use rediseal_certificate::{Format, Kind as FileKind, Overwrite, save};
use rediseal_engine::view::{
    CaFile, CaOrigin, LibraryView, SavedFile, SnippetChoice, SnippetForm, SnippetView,
};
use rediseal_engine::{Error, snippet_libraries, snippet_of_address};
use rediseal_probe::{Address, Request, Trust};
use serde::Serialize;

use crate::args::{self, Global};
use crate::engine::signed_in;
use crate::failure::{Exit, Failure};
use crate::file::{self, Passwords};
use crate::language::say;
use crate::output::{Output, plain};
use crate::table::Table;
use crate::test::{Kind, Target, refused};
use crate::{certificate, remarks};

/// The JSON form.
#[derive(Serialize)]
struct Outcome {
    #[serde(flatten)]
    snippet: SnippetView,
    /// The file of `--out`.
    saved: Option<SavedFile>,
}

pub(crate) async fn run(
    arguments: &args::Snippet,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    if arguments.list {
        let all = snippet_libraries();
        output.result(&all, || list(&all, output));
        return Ok(Exit::Yes);
    }
    if let Some(out) = arguments.out.as_deref().filter(|_| !arguments.force) {
        certificate::refuse_existing([out].into_iter(), output)?;
    }
    let text = arguments.target.clone().unwrap_or_default();
    let target = Target {
        text: text.clone(),
        name: None,
        sni: None,
    };
    let snippet = match target.kind(output)? {
        Kind::Address(address) => of_address(&address, arguments, output).await?,
        Kind::Instance => {
            let engine = signed_in(global, output, None).await?;
            let form = SnippetForm {
                instance_id: text.clone(),
                address: None,
                look: true,
                choice: choice(arguments, given(arguments), output),
            };
            engine.snippet(form).await?
        }
    };
    let saved = match &arguments.out {
        Some(out) => Some(write(out, &snippet.code, arguments.force, output)?),
        None => None,
    };
    for remark in remarks::about(&snippet, output) {
        output.remark(&remark);
    }
    if let Some(advice) = where_from(&snippet, &text, arguments, output) {
        output.remark(&advice);
    }
    let outcome = Outcome { snippet, saved };
    if global.json {
        output.json(&outcome);
    } else if let Some(saved) = &outcome.saved {
        output.verbatim(&certificate::saved_text(
            std::slice::from_ref(saved),
            output,
        ));
    } else {
        output.verbatim(&outcome.snippet.code);
    }
    Ok(Exit::Yes)
}

fn given(arguments: &args::Snippet) -> Option<String> {
    arguments.ca.as_ref().map(|path| path.display().to_string())
}

fn choice(arguments: &args::Snippet, ca: Option<String>, output: &Output) -> SnippetChoice {
    SnippetChoice {
        library: arguments.library,
        account: arguments.user.clone(),
        ca,
        password_variable: Some(arguments.password_variable.clone()),
        language: output.language.catalogue(),
    }
}

/// The file is what the test trusts; the program takes it when it has the right form.
async fn of_address(
    address: &Address,
    arguments: &args::Snippet,
    output: &Output,
) -> Result<SnippetView, Failure> {
    let Some(path) = &arguments.ca else {
        return Err(no_ca(output));
    };
    let mut passwords = Passwords::new(false, false, output)?;
    let opened = file::open(path, &mut passwords, Exit::Usage, output)?;
    let fits = match arguments.library.trust() {
        Format::P12 => opened.contents.kind == FileKind::Pkcs12,
        _ => opened.contents.kind == FileKind::Pem,
    };
    let found = opened.contents.certificates.into_iter();
    let trusted = found.map(|one| one.certificate.der().to_vec()).collect();
    let trust = Trust::Authorities(trusted);
    let request = Request::new(address.clone(), trust, Timestamp::now());
    let report = rediseal_probe::test(request, |_| {})
        .await
        .map_err(|error| refused(&error, output))?;
    let ca = given(arguments).filter(|_| fits);
    let choice = choice(arguments, ca, output);
    Ok(snippet_of_address(address, &report, &choice)?)
}

fn write(out: &Path, code: &str, force: bool, output: &Output) -> Result<SavedFile, Failure> {
    let overwrite = match force {
        true => Overwrite::Yes,
        false => Overwrite::No,
    };
    let name = out.display().to_string();
    let saved = save(out, code.as_bytes(), overwrite)
        .map_err(|error| certificate::not_saved(Error::from(error).into(), &name, output))?;
    Ok(SavedFile {
        path: saved.path.display().to_string(),
        size: saved.size,
        sha256: saved.sha256,
    })
}

/// How to get the file that the program takes, when it is not there.
fn where_from(
    snippet: &SnippetView,
    target: &str,
    arguments: &args::Snippet,
    output: &Output,
) -> Option<String> {
    let CaFile { path, origin } = &snippet.ca;
    if *origin != CaOrigin::NotSaved {
        return None;
    }
    let (path, form) = (plain(path), snippet.library.trust.extension());
    let password = match snippet.library.trust.needs_password() {
        true => " --generate-password",
        false => "",
    };
    let command = match given(arguments) {
        Some(file) => {
            let file = plain(&file);
            format!("convert {file} --to {form} --out {path}{password}")
        }
        None => {
            let id = plain(target);
            format!("certificate {id} --format {form} --out .{password}")
        }
    };
    Some(say!(
        output.language,
        "{path} is not there yet: `rediseal-cli {command}` writes it.",
        "尚无 {path}：可用 `rediseal-cli {command}` 写出。"
    ))
}

fn list(all: &[LibraryView], output: &Output) -> String {
    let mut table = Table::default();
    for library in all {
        table.row([
            library.id.id().to_owned(),
            library.language.clone(),
            remarks::evidence(library, output),
        ]);
    }
    let lines = table.lines("");
    lines.join("\n") + "\n"
}

fn no_ca(output: &Output) -> Failure {
    Failure::usage(
        "a HOST:PORT needs --ca FILE",
        output.language.of(
            "a HOST:PORT needs the file of its CA: give it with --ca\n  The CA of an instance of yours is found by its id.",
            "HOST:PORT 需要其 CA 文件：请用 --ca 指定\n  自己的实例可直接用实例 ID，其 CA 会自动取得。",
        ),
    )
}

//! `rediseal-cli certificate`: the instance's CA, downloaded, opened and saved.

use std::path::{Path, PathBuf};

use rediseal_certificate::{Certificate as X509, Facts, Format};
use rediseal_engine::Code;
use rediseal_engine::view::{CertificateFormat, CertificateView, EdgeError, SavedFile};
use secrecy::SecretString;
use serde::Serialize;

use crate::args::{self, Form, Global};
use crate::engine::signed_in;
use crate::failure::{Exit, Failure};
use crate::file::{self, Passwords};
use crate::language::say;
use crate::output::{Output, plain};
use crate::{certificates, convert, history};

/// The JSON form.
#[derive(Serialize)]
struct Outcome {
    certificate: CertificateView,
    saved: Vec<SavedFile>,
}

pub(crate) async fn run(
    arguments: &args::Certificate,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    // It is left out where it is only compared.
    let Some(out) = &arguments.out else {
        return history::compare(&arguments.id, global, output).await;
    };
    let forms = forms(&arguments.format);
    let needs_password = |form: &Form| matches!(form, Form::As(format) if format.needs_password());
    let password = match forms.iter().any(needs_password) {
        true => {
            let from_stdin = arguments.password.new_password_stdin;
            let mut passwords = Passwords::new(false, from_stdin, output)?;
            Some(passwords.new_one(&arguments.password, output)?)
        }
        false => None,
    };
    let engine = signed_in(global, output, None).await?;
    let certificate = engine.certificate(&arguments.id).await?;
    let all = engine.trusted_certificates(&arguments.id).await?;
    let secret = password.as_ref().map(|one| one.secret());
    let folder = out.display().to_string();
    let mut files = Vec::new();
    for form in forms {
        files.extend(plan(form, &all, secret, arguments, out, output)?);
    }
    if !arguments.force {
        // Before anything is written, so that not one of two files is left behind.
        refuse_existing(files.iter().map(|file| file.path.as_path()), output)?;
    }
    let mut saved = Vec::new();
    let (id, force) = (&arguments.id, arguments.force);
    for Planned { path, content } in &files {
        let file = match content {
            Some((format, bytes)) => {
                let saving = engine.save_truststore_to(id, *format, path, bytes, force);
                saving.await
            }
            None => {
                let saving = engine.save_certificate_to(id, CertificateFormat::Zip, path, force);
                saving.await
            }
        };
        saved.push(file.map_err(|error| not_saved(error.into(), &folder, output))?);
    }
    if let Some(password) = password {
        password.show(output);
    }
    let outcome = Outcome { certificate, saved };
    output.result(&outcome, || text(&outcome, output));
    Ok(Exit::Yes)
}

/// Each once, in the order in which they were asked for.
fn forms(asked: &[Form]) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for form in asked {
        let meant: &[Form] = match form {
            Form::Both => &[Form::As(Format::Pem), Form::Zip],
            one => std::slice::from_ref(one),
        };
        for form in meant {
            if !forms.contains(form) {
                forms.push(*form);
            }
        }
    }
    forms
}

/// A file that is about to be written.
struct Planned {
    path: PathBuf,
    /// None for the archive as it came, whose bytes are the engine's.
    content: Option<(Format, Vec<u8>)>,
}

fn plan(
    form: Form,
    all: &[X509],
    password: Option<&SecretString>,
    arguments: &args::Certificate,
    out: &Path,
    output: &Output,
) -> Result<Vec<Planned>, Failure> {
    let id = &arguments.id;
    let Form::As(format) = form else {
        return Ok(vec![Planned {
            path: out.join(format!("{id}-crt.zip")),
            content: None,
        }]);
    };
    let path = out.join(format!("{id}-ca.{}", format.extension()));
    let contents = format
        .write(all, password)
        .map_err(|error| file::bad(&path.display().to_string(), &error, Exit::Usage, output))?;
    // A PEM file for each beside the one of all would take its name.
    let several = match format {
        Format::PemEach => contents.len().max(2),
        _ => contents.len(),
    };
    let planned = convert::paths(&path, several).into_iter().zip(contents);
    Ok(planned
        .map(|(path, bytes)| Planned {
            path,
            content: Some((format, bytes)),
        })
        .collect())
}

/// Fails when one of them is there.
pub(crate) fn refuse_existing<'a>(
    paths: impl Iterator<Item = &'a Path>,
    output: &Output,
) -> Result<(), Failure> {
    for path in paths {
        if path.symlink_metadata().is_ok() {
            return Err(exists(path, output));
        }
    }
    Ok(())
}

fn exists(path: &Path, output: &Output) -> Failure {
    let path = path.display();
    Failure::own(
        Exit::No,
        Code::FileExists,
        format!("{path} exists"),
        say!(
            output.language,
            "{path} exists; nothing was overwritten, --force replaces it",
            "{path} 已存在；未覆盖任何文件，--force 可替换"
        ),
    )
}

/// Where --out leads is the user's to change; the data folder has nothing to do with it.
pub(crate) fn not_saved(error: EdgeError, out: &str, output: &Output) -> Failure {
    let folder = plain(out);
    let text = match error.code {
        Code::DiskFull => say!(
            output.language,
            "the disk of --out {folder} is full; nothing half-written was left there\n  Make room there, or give another folder with --out.",
            "--out {folder} 所在磁盘已满；没有留下写了一半的文件\n  请腾出空间，或用 --out 指定其他目录。"
        ),
        Code::SaveFailed => {
            let message = plain(&error.message);
            say!(
                output.language,
                "{message}\n  Give a folder that exists and may be written with --out.",
                "无法写入 --out {folder}\n  请用 --out 指定已存在且可写的目录。\n  原文：{message}"
            )
        }
        _ => return error.into(),
    };
    Failure::with_text(error, text)
}

/// A line for each file.
pub(crate) fn saved_text(saved: &[SavedFile], output: &Output) -> String {
    let line = |file: &SavedFile| {
        let (path, size) = (plain(&file.path), file.size);
        say!(
            output.language,
            "saved {path} ({size} bytes)\n",
            "已保存 {path}（{size} 字节）\n"
        )
    };
    saved.iter().map(line).collect()
}

fn text(outcome: &Outcome, output: &Output) -> String {
    let language = output.language;
    let mut text = saved_text(&outcome.saved, output);
    let files = plain(&outcome.certificate.files.join(", "));
    text += &say!(
        language,
        "the archive holds {files}\n",
        "压缩包内含 {files}\n"
    );
    for facts in &outcome.certificate.certificates {
        text.push('\n');
        text += &about(facts, output);
    }
    text
}

fn about(facts: &Facts, output: &Output) -> String {
    certificates::text(facts, &[], jiff::Timestamp::now(), output)
}

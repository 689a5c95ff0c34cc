//! `rediseal-cli convert`: the certificates of files, written for the programs that trust them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rediseal_certificate::{Certificate, Format, Overwrite, Saved, save};
use rediseal_engine::Error;
use rediseal_engine::view::SavedFile;
use serde::Serialize;

use crate::args;
use crate::certificate;
use crate::failure::{Exit, Failure};
use crate::file::{self, Passwords};
use crate::language::say;
use crate::output::Output;

/// The JSON form. The password is not in it.
#[derive(Serialize)]
struct Outcome {
    format: Format,
    /// How many certificates were written.
    certificates: usize,
    saved: Vec<SavedFile>,
}

pub(crate) fn run(arguments: &args::Convert, output: &Output) -> Result<Exit, Failure> {
    let format = arguments.to.0;
    let mut passwords = Passwords::new(
        arguments.password_stdin,
        arguments.password.new_password_stdin,
        output,
    )?;
    let mut certificates: Vec<Certificate> = Vec::new();
    for path in &arguments.files {
        let opened = file::open(path, &mut passwords, Exit::No, output)?;
        for found in opened.contents.certificates {
            certificates.push(found.certificate);
        }
    }
    let password = match format.needs_password() {
        true => Some(passwords.new_one(&arguments.password, output)?),
        false => None,
    };
    let name = arguments.out.display().to_string();
    let files = format
        .write(&certificates, password.as_ref().map(|one| one.secret()))
        .map_err(|error| file::bad(&name, &error, Exit::Usage, output))?;
    let paths = paths(&arguments.out, files.len());
    if !arguments.force {
        certificate::refuse_existing(paths.iter().map(PathBuf::as_path), output)?;
    }
    let overwrite = match arguments.force {
        true => Overwrite::Yes,
        false => Overwrite::No,
    };
    let mut saved = Vec::new();
    for (path, bytes) in paths.iter().zip(&files) {
        let file = save(path, bytes, overwrite)
            .map_err(|error| certificate::not_saved(Error::from(error).into(), &name, output))?;
        saved.push(view(file));
    }
    if let Some(password) = password {
        password.show(output);
    }
    let outcome = Outcome {
        format,
        certificates: match format.is_of_one() {
            true => files.len(),
            false => distinct(&certificates),
        },
        saved,
    };
    output.result(&outcome, || text(&outcome, output));
    Ok(Exit::Yes)
}

fn distinct(certificates: &[Certificate]) -> usize {
    let all: HashSet<_> = certificates.iter().map(Certificate::der).collect();
    all.len()
}

/// The path itself, or with a number before its extension when there are several.
pub(crate) fn paths(path: &Path, count: usize) -> Vec<PathBuf> {
    if count == 1 {
        return vec![path.to_owned()];
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|one| one.to_string_lossy());
    let dot = extension.map_or_else(String::new, |extension| format!(".{extension}"));
    (1..=count)
        .map(|number| path.with_file_name(format!("{stem}-{number}{dot}")))
        .collect()
}

fn view(saved: Saved) -> SavedFile {
    SavedFile {
        path: saved.path.display().to_string(),
        size: saved.size,
        sha256: saved.sha256,
    }
}

fn text(outcome: &Outcome, output: &Output) -> String {
    let count = outcome.certificates;
    let mut text = certificate::saved_text(&outcome.saved, output);
    text += &say!(
        output.language,
        "certificates in it: {count}\n",
        "内含证书 {count} 张\n"
    );
    text
}

//! The report as files for people, beside what goes to the terminal.

use std::path::Path;

use rediseal_certificate::{Error, Overwrite, save};
use rediseal_engine::Code;
use rediseal_probe::{Format, Report};

use crate::args::Documents;
use crate::failure::{Exit, Failure};
use crate::language::say;
use crate::output::{Output, plain};

/// stdout, by convention.
pub(crate) const STDOUT: &str = "-";

impl Documents {
    fn asked(&self) -> impl Iterator<Item = (Format, &Path)> {
        let html = self.html.iter().map(|path| (Format::Html, path.as_path()));
        let markdown = self.markdown.iter();
        html.chain(markdown.map(|path| (Format::Markdown, path.as_path())))
    }

    fn files(&self) -> impl Iterator<Item = (Format, &Path)> {
        self.asked().filter(|(_, path)| *path != Path::new(STDOUT))
    }

    /// What takes the place of the text.
    fn on_stdout(&self) -> Option<Format> {
        let mut asked = self.asked();
        asked.find_map(|(format, path)| (path == Path::new(STDOUT)).then_some(format))
    }
}

/// Before a test that may take a minute: whether its report could go where it is wanted.
pub(crate) fn check(documents: &Documents, json: bool, output: &Output) -> Result<(), Failure> {
    let on_stdout = documents.asked().count() - documents.files().count() + usize::from(json);
    if on_stdout > 1 && documents.on_stdout().is_some() {
        return Err(Failure::usage(
            "stdout takes one of text, JSON, HTML and Markdown",
            output.language.of(
                "stdout takes one thing: give a file to --html or --markdown, or leave --json out",
                "标准输出只能容纳一种内容：请为 --html 或 --markdown 指定文件，或不用 --json",
            ),
        ));
    }
    let mut files = documents.files();
    match files.find(|(_, path)| !documents.force && path.symlink_metadata().is_ok()) {
        Some((_, path)) => Err(failure(&Error::Exists { path: path.into() }, path, output)),
        None => Ok(()),
    }
}

/// What goes to stdout in the place of the text, if anything does.
pub(crate) fn in_place_of_text(
    report: &Report,
    documents: &Documents,
    output: &Output,
) -> Option<String> {
    let format = documents.on_stdout()?;
    Some(report.document(format, output.language.catalogue()))
}

/// Each file whole or not at all.
pub(crate) fn write(
    report: &Report,
    documents: &Documents,
    output: &Output,
) -> Result<(), Failure> {
    let overwrite = match documents.force {
        true => Overwrite::Yes,
        false => Overwrite::No,
    };
    for (format, path) in documents.files() {
        let document = report.document(format, output.language.catalogue());
        save(path, document.as_bytes(), overwrite)
            .map_err(|error| failure(&error, path, output))?;
        let path = plain(&path.display().to_string());
        output.note(&say!(output.language, "saved {path}", "已保存 {path}"));
    }
    Ok(())
}

pub(crate) fn failure(error: &Error, path: &Path, output: &Output) -> Failure {
    let language = output.language;
    let path = plain(&path.display().to_string());
    let message = plain(&error.to_string());
    let (code, text) = match error {
        Error::Exists { .. } => (
            Code::FileExists,
            say!(
                language,
                "{path} exists; nothing was overwritten, --force replaces it",
                "{path} 已存在；未覆盖任何文件，--force 可替换"
            ),
        ),
        Error::DiskFull { .. } => (
            Code::DiskFull,
            say!(
                language,
                "the disk of {path} is full; nothing half-written was left there",
                "{path} 所在磁盘已满；没有留下写了一半的文件"
            ),
        ),
        _ => (
            Code::SaveFailed,
            say!(
                language,
                "{message}\n  Give a file in a folder that exists and may be written.",
                "无法写入 {path}\n  请指定已存在且可写目录中的文件。\n  原文：{message}"
            ),
        ),
    };
    Failure::own(Exit::No, code, error.to_string(), text)
}

//! `rediseal-cli certificate`: the instance's CA, downloaded, opened and saved.

use std::path::Path;

use rediseal_certificate::Facts;
use rediseal_engine::Code;
use rediseal_engine::view::{CertificateFormat, CertificateView, EdgeError, SavedFile};
use serde::Serialize;

use crate::args::{self, Format, Global};
use crate::certificates;
use crate::engine::signed_in;
use crate::failure::{Exit, Failure};
use crate::language::say;
use crate::output::{Output, plain};

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
    let files = files(arguments);
    if !arguments.force {
        // Before anything is written, so that not one of two files is left behind.
        for (_, path) in &files {
            if path.symlink_metadata().is_ok() {
                return Err(exists(path, output));
            }
        }
    }
    let engine = signed_in(global, output, None).await?;
    let certificate = engine.certificate(&arguments.id).await?;
    let mut saved = Vec::new();
    for (format, path) in &files {
        saved.push(
            engine
                .save_certificate_to(&arguments.id, *format, path, arguments.force)
                .await
                .map_err(|error| not_saved(error.into(), arguments, output))?,
        );
    }
    let outcome = Outcome { certificate, saved };
    output.result(&outcome, || text(&outcome, output));
    Ok(Exit::Yes)
}

fn files(arguments: &args::Certificate) -> Vec<(CertificateFormat, std::path::PathBuf)> {
    let id = &arguments.id;
    let pem = (
        CertificateFormat::Pem,
        arguments.out.join(format!("{id}-ca.pem")),
    );
    let zip = (
        CertificateFormat::Zip,
        arguments.out.join(format!("{id}-crt.zip")),
    );
    match arguments.format {
        Format::Pem => vec![pem],
        Format::Zip => vec![zip],
        Format::Both => vec![pem, zip],
    }
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
fn not_saved(error: EdgeError, arguments: &args::Certificate, output: &Output) -> Failure {
    let folder = plain(&arguments.out.display().to_string());
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

fn text(outcome: &Outcome, output: &Output) -> String {
    let language = output.language;
    let mut text = String::new();
    for file in &outcome.saved {
        let (path, size) = (plain(&file.path), file.size);
        text += &say!(
            language,
            "saved {path} ({size} bytes)\n",
            "已保存 {path}（{size} 字节）\n"
        );
    }
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

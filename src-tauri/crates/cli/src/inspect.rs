//! `rediseal-cli inspect`: what certificates a file holds.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use jiff::Timestamp;
use rediseal_certificate::{Archive, Certificate, Error, Facts, Limits, parse_pem_or_der};
use rediseal_engine::Code;
use serde::Serialize;

use crate::args;
use crate::certificates;
use crate::failure::{Exit, Failure};
use crate::language::say;
use crate::output::{Output, plain};

/// How a zip file begins.
const ARCHIVE: &[u8] = b"PK";

/// The JSON form.
#[derive(Serialize)]
struct Inspection {
    file: String,
    /// `archive`, or `certificates` for PEM, DER and PKCS#7.
    kind: &'static str,
    /// Bytes.
    size: u64,
    /// All names in the archive; empty for other kinds.
    files: Vec<String>,
    certificates: Vec<Found>,
    /// Files of the archive that look like certificates and could not be read.
    unread: Vec<Unread>,
}

#[derive(Serialize)]
struct Found {
    #[serde(flatten)]
    facts: Facts,
    /// The files of the archive that hold it.
    files: Vec<String>,
}

#[derive(Serialize)]
struct Unread {
    file: String,
    error: String,
}

pub(crate) fn run(arguments: &args::Inspect, output: &Output) -> Result<Exit, Failure> {
    let name = arguments.file.display().to_string();
    let bytes = read(&arguments.file).map_err(|error| unreadable(&name, &error, output))?;
    let inspection =
        inspect(&name, &bytes).map_err(|error| bad(&name, &error, output, Exit::No))?;
    output.result(&inspection, || text(&inspection, output));
    Ok(Exit::Yes)
}

fn inspect(name: &str, bytes: &[u8]) -> Result<Inspection, Error> {
    let mut inspection = Inspection {
        file: name.to_owned(),
        kind: "certificates",
        size: bytes.len() as u64,
        files: Vec::new(),
        certificates: Vec::new(),
        unread: Vec::new(),
    };
    if bytes.starts_with(ARCHIVE) {
        let archive = Archive::open(bytes, Limits::default())?;
        inspection.kind = "archive";
        inspection.files = archive.files;
        let found = archive.certificates.into_iter().map(|found| Found {
            facts: found.certificate.facts().clone(),
            files: found.files,
        });
        inspection.certificates = found.collect();
        let unread = archive.unread.into_iter().map(|unread| Unread {
            file: unread.file,
            error: unread.error.to_string(),
        });
        inspection.unread = unread.collect();
    } else {
        let found = parse_pem_or_der(bytes)?;
        let found = found.iter().map(Certificate::facts).map(|facts| Found {
            facts: facts.clone(),
            files: Vec::new(),
        });
        inspection.certificates = found.collect();
    }
    Ok(inspection)
}

/// The certificates of a file, DER, as the only ones to trust.
pub(crate) fn authorities(path: &Path, output: &Output) -> Result<Vec<Vec<u8>>, Failure> {
    let name = path.display().to_string();
    let bytes = read(path).map_err(|error| unreadable(&name, &error, output))?;
    let certificates = if bytes.starts_with(ARCHIVE) {
        Archive::open(&bytes, Limits::default()).map(|archive| {
            let found = archive.certificates.into_iter();
            found.map(|found| found.certificate).collect()
        })
    } else {
        parse_pem_or_der(&bytes)
    };
    let certificates: Vec<_> =
        certificates.map_err(|error| bad(&name, &error, output, Exit::Usage))?;
    Ok(certificates
        .iter()
        .map(|certificate| certificate.der().to_vec())
        .collect())
}

/// At most what an archive may have, so that a device or a wrong file does not fill the memory.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let limit = Limits::default().archive_size;
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)?
    } else {
        File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?
    };
    if read as u64 > limit {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("larger than {limit} bytes: not a certificate file"),
        ));
    }
    Ok(bytes)
}

fn unreadable(name: &str, error: &io::Error, output: &Output) -> Failure {
    Failure::usage(
        format!("{name} cannot be read: {error}"),
        say!(
            output.language,
            "{name} cannot be read: {error}",
            "无法读取 {name}：{error}"
        ),
    )
}

fn bad(name: &str, error: &Error, output: &Output, exit: Exit) -> Failure {
    Failure::own(
        exit,
        Code::CertificateInvalid,
        format!("{name}: {error}"),
        say!(
            output.language,
            "{name}: {error}",
            "{name} 不是可用的证书文件\n  原文：{error}"
        ),
    )
}

fn text(inspection: &Inspection, output: &Output) -> String {
    let name = plain(&inspection.file);
    let count = inspection.certificates.len();
    let language = output.language;
    let mut text = match (inspection.kind, count) {
        ("archive", _) => say!(
            language,
            "{name}: an archive, certificates in it: {count}\n",
            "{name}：压缩包，内含证书 {count} 张\n"
        ),
        (_, 1) => say!(language, "{name}: one certificate\n", "{name}：1 张证书\n"),
        _ => say!(
            language,
            "{name}: {count} certificates\n",
            "{name}：{count} 张证书\n"
        ),
    };
    if !inspection.files.is_empty() {
        let files = plain(&inspection.files.join(", "));
        text += &say!(language, "  files: {files}\n", "  文件：{files}\n");
    }
    for found in &inspection.certificates {
        text.push('\n');
        text += &certificates::text(&found.facts, &found.files, Timestamp::now(), output);
    }
    for unread in &inspection.unread {
        let (file, error) = (plain(&unread.file), plain(&unread.error));
        text += &say!(
            language,
            "\nnot read: {file}: {error}\n",
            "\n未能读取：{file}：{error}\n"
        );
    }
    text
}

//! The names of [`Format`] on the command line.

use std::sync::LazyLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use rediseal_certificate::Format;

/// How certificates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileFormat(pub(crate) Format);

/// What of a downloaded certificate is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    As(Format),
    /// The archive as it came.
    Zip,
    /// PEM and the archive.
    Both,
}

impl ValueEnum for FileFormat {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<FileFormat>> =
            LazyLock::new(|| Format::ALL.iter().copied().map(FileFormat).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self.0 {
            Format::Pem => PossibleValue::new("pem").alias("pem-bundle"),
            Format::PemEach => PossibleValue::new("pem-each"),
            other => PossibleValue::new(other.extension()),
        })
    }
}

impl ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Form>> = LazyLock::new(|| {
            let formats = Format::ALL.iter().copied().map(Form::As);
            formats.chain([Form::Zip, Form::Both]).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::As(format) => FileFormat(*format).to_possible_value(),
            Self::Zip => Some(PossibleValue::new("zip")),
            Self::Both => Some(PossibleValue::new("both")),
        }
    }
}

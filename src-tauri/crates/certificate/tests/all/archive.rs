//! Archives as the vendor makes them, and as an attacker does.

use std::io::{Cursor, Write as _};

use crate::made::{ca, pem};
use proptest::prelude::*;
use rediseal_certificate::{Archive, Error, Limits, Looks, PemProblem};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

type Writer = ZipWriter<Cursor<Vec<u8>>>;

fn archive(fill: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(Vec::new()));
    fill(&mut writer);
    writer.finish().unwrap().into_inner()
}

fn add(writer: &mut Writer, name: &str, content: &[u8]) {
    writer
        .start_file(name, SimpleFileOptions::default())
        .unwrap();
    writer.write_all(content).unwrap();
}

fn of(files: &[(&str, &[u8])]) -> Vec<u8> {
    archive(|writer| {
        for (name, content) in files {
            add(writer, name, content);
        }
    })
}

fn open(bytes: &[u8]) -> Result<Archive, Error> {
    Archive::open(bytes, Limits::default())
}

/// Changes every occurrence, the local header's and the directory's.
fn replace(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut found = 0;
    for at in 0..=bytes.len() - from.len() {
        if &bytes[at..at + from.len()] == from {
            bytes[at..at + to.len()].copy_from_slice(to);
            found += 1;
        }
    }
    assert!(found > 0);
    bytes
}

#[test]
fn the_vendors_layout_is_read_and_each_certificate_kept_once() {
    let (root, middle) = (ca("Root"), ca("Middle"));
    let both = format!("{}{}", pem(&root), pem(&middle));
    let bytes = archive(|writer| {
        writer
            .add_directory("TencentDB-SSL-CA (1)", SimpleFileOptions::default())
            .unwrap();
        add(writer, "TencentDB-SSL-CA (1)/CA.PEM", both.as_bytes());
        add(writer, "TencentDB-SSL-CA (1)/ca.crt", &root);
        add(writer, "TencentDB-SSL-CA (1)/ca.jks", b"\xfe\xed\xfe\xed");
        add(
            writer,
            "TencentDB-SSL-CA (1)/ca.p7b",
            include_bytes!("fixtures/two.p7b"),
        );
        add(writer, "__MACOSX/._ca.pem", b"\0\x05\x16\x07");
    });
    let archive = open(&bytes).unwrap();
    assert_eq!(archive.files.len(), 5);
    assert_eq!(archive.size, bytes.len() as u64);
    assert_eq!(archive.sha256.len(), 64);
    let found: Vec<_> = archive
        .certificates
        .iter()
        .map(|found| {
            (
                found.certificate.facts().subject.as_str(),
                found.files.len(),
            )
        })
        .collect();
    assert_eq!(found[..2], [("CN=Root", 2), ("CN=Middle", 1)]);
    assert_eq!(found.len(), 4);
    assert_eq!(
        archive.certificates[0].files,
        ["TencentDB-SSL-CA (1)/CA.PEM", "TencentDB-SSL-CA (1)/ca.crt"]
    );
}

#[test]
fn a_certificate_that_is_twice_in_one_file_names_it_once() {
    let good = pem(&ca("Root"));
    let archive = open(&of(&[("ca.pem", format!("{good}{good}").as_bytes())])).unwrap();
    assert_eq!(archive.certificates.len(), 1);
    assert_eq!(archive.certificates[0].files, ["ca.pem"]);
}

#[test]
fn a_bundle_in_an_unknown_encoding_does_not_cost_the_rest() {
    let good = pem(&ca("Root"));
    let archive = open(&of(&[("ca.pem", good.as_bytes()), ("ca.p7b", b"?")])).unwrap();
    assert_eq!(archive.certificates.len(), 1);
    assert_eq!(archive.unread[0].file, "ca.p7b");
    assert!(
        matches!(open(&of(&[("ca.p7b", b"?")])), Err(Error::InFile { name, .. }) if name == "ca.p7b")
    );
}

#[test]
fn garbage_in_a_pem_names_the_file_and_the_block() {
    let good = pem(&ca("Root"));
    let bad = format!("{good}{}", good.replace("MII", "###"));
    let error = open(&of(&[
        ("ca.crt", good.as_bytes()),
        ("x/ca.pem", bad.as_bytes()),
    ]));
    let Err(Error::InFile { name, error }) = error else {
        unreachable!("{error:?}")
    };
    assert_eq!(name, "x/ca.pem");
    assert!(matches!(
        *error,
        Error::Pem {
            block: 2,
            problem: PemProblem::NotBase64 { .. },
            ..
        }
    ));
}

#[test]
fn no_certificate_lists_what_is_there() {
    assert_eq!(
        open(&of(&[("readme.txt", b"x"), ("inner.zip", b"PK")])),
        Err(Error::NoCertificate {
            files: vec!["readme.txt".into(), "inner.zip".into()]
        })
    );
    assert_eq!(open(&of(&[])), Err(Error::NoCertificate { files: vec![] }));
}

#[test]
fn a_cut_archive_is_called_that_at_every_length() {
    let good = pem(&ca("Root"));
    let bytes = of(&[("ca.pem", good.as_bytes()), ("ca.jks", &[7; 500])]);
    for length in 2..bytes.len() - 22 {
        assert_eq!(open(&bytes[..length]), Err(Error::Truncated), "{length}");
    }
    for length in bytes.len() - 22..bytes.len() {
        assert!(open(&bytes[..length]).is_err(), "{length}");
    }
}

#[test]
fn other_answers_are_not_an_archive() {
    assert_eq!(
        open(b"<?xml version='1.0'?><Error/>"),
        Err(Error::NotAnArchive { looks: Looks::Xml })
    );
    assert_eq!(
        open(b""),
        Err(Error::NotAnArchive {
            looks: Looks::Nothing
        })
    );
}

#[test]
fn a_flipped_byte_does_not_pass() {
    let good = pem(&ca("Root"));
    let mut bytes = of(&[("readme.txt", good.as_bytes()), ("ca.pem", good.as_bytes())]);
    bytes[60] ^= 1;
    assert!(matches!(
        open(&bytes),
        Err(Error::Damaged { .. } | Error::Truncated)
    ));
}

#[test]
fn a_bomb_is_stopped_by_what_comes_out_of_it() {
    let zeros = vec![0; 15 << 20];
    let good = pem(&ca("Root"));
    // Beside the certificate, in a file that nobody would read.
    let bomb = of(&[("ca.pem", good.as_bytes()), ("ca.jks", &zeros)]);
    assert!(bomb.len() < 100_000);
    assert!(matches!(open(&bomb), Err(Error::Bomb { name, .. }) if name == "ca.jks"));
    // A bomb that declares a small size.
    let declared = u32::try_from(zeros.len()).unwrap().to_le_bytes();
    let liar = replace(bomb, &declared, &10_u32.to_le_bytes());
    assert!(matches!(
        open(&liar),
        Err(Error::Bomb { .. } | Error::Damaged { .. })
    ));
    // Archives in archives are not opened.
    let inner = of(&[("ca.pem", &zeros)]);
    let outer = of(&[("inner.zip", &inner), ("ca.pem", good.as_bytes())]);
    assert_eq!(open(&outer).unwrap().certificates.len(), 1);
}

#[test]
fn many_files_together_count_as_one_bomb() {
    let noise: Vec<u8> = (0..200_000_u32)
        .flat_map(|n| (n.wrapping_mul(2_654_435_761) >> 13).to_le_bytes())
        .collect();
    let bytes = archive(|writer| {
        for number in 0..5 {
            let stored =
                SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            writer.start_file(format!("{number}.bin"), stored).unwrap();
            writer.write_all(&noise).unwrap();
        }
    });
    let limits = Limits {
        unpacked_size: 3_999_999,
        archive_size: 1 << 30,
        ..Limits::default()
    };
    assert_eq!(
        Archive::open(&bytes, limits),
        Err(Error::Bomb {
            name: "4.bin".into(),
            limit: 3_999_999
        })
    );
}

#[test]
fn files_that_share_bytes_are_refused() {
    let bytes = archive(|writer| {
        add(writer, "a.bin", &[0; 100_000]);
        for number in 0..200 {
            writer
                .shallow_copy_file("a.bin", &format!("{number}.bin"))
                .unwrap();
        }
    });
    assert_eq!(open(&bytes), Err(Error::Overlap));
}

#[test]
fn thousands_of_files_are_refused() {
    let bytes = archive(|writer| {
        for number in 0..3000 {
            add(writer, &format!("{number}.pem"), b"");
        }
    });
    assert_eq!(
        open(&bytes),
        Err(Error::TooManyFiles {
            count: 3000,
            limit: 256
        })
    );
}

#[test]
fn an_archive_past_the_limit_is_not_even_looked_at() {
    let limits = Limits {
        archive_size: 3,
        ..Limits::default()
    };
    assert_eq!(
        Archive::open(b"PK\x03\x04", limits),
        Err(Error::TooLarge { limit: 3 })
    );
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let good = pem(&ca("Root"));
    for name in [
        "../ca.pem",
        "a/../../ca.pem",
        "/etc/ca.pem",
        "..\\ca.pem",
        "C:/ca.pem",
        "c:ca.pem",
        "a\u{1b}[2J.pem",
        "a/..",
    ] {
        let harmless = "x".repeat(name.len());
        let bytes = of(&[("ca.pem", good.as_bytes()), (&harmless, good.as_bytes())]);
        let bytes = replace(bytes, harmless.as_bytes(), name.as_bytes());
        assert_eq!(open(&bytes), Err(Error::Traversal { name: name.into() }));
    }
    let long = format!("{}.pem", "n".repeat(300));
    assert_eq!(
        open(&of(&[(&long, good.as_bytes())])),
        Err(Error::NameTooLong {
            length: 304,
            limit: 255
        })
    );
}

#[test]
fn two_files_of_one_name_are_refused() {
    let (one, two) = (pem(&ca("One")), pem(&ca("Two")));
    let bytes = of(&[("ca.pem", one.as_bytes()), ("cb.pem", two.as_bytes())]);
    assert_eq!(
        open(&replace(bytes, b"cb.pem", b"ca.pem")),
        Err(Error::DuplicateName)
    );
}

#[test]
fn links_and_secrets_are_refused() {
    let bytes = archive(|writer| {
        writer
            .add_symlink("ca.pem", "/etc/passwd", SimpleFileOptions::default())
            .unwrap();
    });
    assert_eq!(
        open(&bytes),
        Err(Error::Symlink {
            name: "ca.pem".into()
        })
    );

    let whole = of(&[("ca.pem", pem(&ca("Root")).as_bytes())]);
    let directory = whole
        .windows(4)
        .position(|part| part == b"PK\x01\x02")
        .unwrap();
    let mut bytes = whole.clone();
    for flags in [6, directory + 8] {
        bytes[flags] |= 1;
    }
    assert_eq!(
        open(&bytes),
        Err(Error::Encrypted {
            name: "ca.pem".into()
        })
    );

    let mut bytes = whole;
    for method in [8, directory + 10] {
        bytes[method] = 12;
    }
    assert_eq!(
        open(&bytes),
        Err(Error::Compression {
            name: "ca.pem".into()
        })
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = open(&[b"PK\x03\x04", bytes.as_slice()].concat());
        let _ = open(&[b"PK\x05\x06", bytes.as_slice()].concat());
    }

    #[test]
    fn a_damaged_archive_never_panics(at in 0_usize..4000, value: u8) {
        let mut bytes = of(&[("ca.pem", include_bytes!("fixtures/v1.pem")), ("ca.p7b", include_bytes!("fixtures/two.p7b"))]);
        let place = at % bytes.len();
        bytes[place] = value;
        let _ = open(&bytes);
    }
}

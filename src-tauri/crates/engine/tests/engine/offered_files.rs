//! Files of certificates that the user drops on the window.

use std::path::PathBuf;

use rcgen::{CertificateParams, KeyPair};
use rediseal_certificate::Format;
use rediseal_engine::Code;
use rediseal_engine::view::FileLook;
use rediseal_probe::{Language, Verdict};

use crate::support::{Lab, ON};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_opened_with_its_password_and_compared_with_a_live_server() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let certificates = engine.trusted_certificates(ON).await.unwrap();
    let address = engine.instance_detail(ON).await.unwrap().row.address;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trust.p12");
    let password = "a password of ours".into();
    let bytes = Format::P12.write(&certificates, Some(&password)).unwrap();
    std::fs::write(&path, &bytes[0]).unwrap();

    let offered = engine.offer_files(vec![path.clone()]);
    assert_eq!(offered[0].path, path.display().to_string());
    let id = offered[0].id;
    let open = async |password| engine.inspect(id, password, Language::En).await.unwrap();
    assert_eq!(open(None).await, FileLook::PasswordNeeded);
    assert_eq!(
        engine.inspected(id, "", 0).unwrap_err().code(),
        Code::InvalidInput
    );
    assert_eq!(open(Some("another".into())).await, FileLook::PasswordWrong);
    let FileLook::Open { inspection, total } = open(Some(password)).await else {
        panic!("it does not open");
    };
    assert_eq!(total, certificates.len());
    assert_eq!(inspection.certificates[0].facts, *certificates[0].facts());

    let signed = engine.signer(id, &address).await.unwrap();
    assert!(signed.signed, "{signed:?}");
    assert!(signed.by.contains(&certificates[0].facts().sha256));
    let nobody = engine.signer(id, "127.0.0.1:1").await.unwrap();
    assert_eq!(
        (nobody.signed, nobody.verdict),
        (false, Verdict::Unreachable)
    );
    let error = engine.signer(id, "no port").await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_bundle_comes_in_pages_and_can_be_searched() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.pem");
    let key = KeyPair::generate().unwrap();
    let pem: String = (0..250)
        .map(|number| {
            let name = format!("host-{number}.example");
            let parameters = CertificateParams::new(vec![name]).unwrap();
            parameters.self_signed(&key).unwrap().pem()
        })
        .collect();
    std::fs::write(&path, pem).unwrap();
    let id = engine.offer_files(vec![path])[0].id;
    let look = engine.inspect(id, None, Language::En).await.unwrap();
    let FileLook::Open { inspection, total } = look else {
        panic!("{look:?}");
    };
    assert_eq!((inspection.certificates.len(), total), (100, 250));
    let page = engine.inspected(id, "", 200).unwrap();
    assert_eq!((page.certificates.len(), page.found), (50, 250));
    let page = engine.inspected(id, "HOST-24", 0).unwrap();
    assert_eq!(page.found, 11, "24 and 240 to 249");
    let fingerprint = page.certificates[3].facts.sha256.to_uppercase();
    let (first, rest) = fingerprint.split_at(2);
    let one = engine.inspected(id, &format!("{first}:{rest}"), 0).unwrap();
    assert_eq!(one.certificates, page.certificates[3..4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_said_in_the_language_of_its_user() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let folder = tempfile::tempdir().unwrap();
    let garbage = folder.path().join("garbage.pem");
    std::fs::write(&garbage, "no certificate").unwrap();
    let endless = PathBuf::from("/dev/zero");
    let paths = vec![
        garbage,
        folder.path().to_owned(),
        folder.path().join("gone"),
        endless,
    ];
    let offered = engine.offer_files(paths);
    let mut problems = Vec::new();
    for file in &offered {
        let look = engine.inspect(file.id, None, Language::ZhCn).await.unwrap();
        let FileLook::Unreadable { problem, error } = look else {
            panic!("{}: {look:?}", file.path);
        };
        assert!(!error.is_empty());
        problems.push((problem, error));
    }
    assert!(
        problems[0].1.contains('不') || problems[0].1.contains('非'),
        "{problems:?}"
    );
    assert!(
        problems[1..].iter().all(|(problem, _)| problem == "io"),
        "{problems:?}"
    );

    // Only so many are remembered: the oldest is forgotten.
    let _ = engine.offer_files(vec![PathBuf::from("x"); 16]);
    let error = engine
        .inspect(offered[0].id, None, Language::En)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}

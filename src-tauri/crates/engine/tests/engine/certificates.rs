//! The certificate archive.

use rediseal_certificate::Format;
use rediseal_engine::Code;
use rediseal_engine::view::{Action, CertificateFormat};

use crate::support::{Lab, ON, READY, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_shown_and_saved_as_it_came() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let view = engine.certificate(ON).await.unwrap();
    assert!(view.files.iter().any(|f| f.ends_with("ca.pem")), "{view:?}");
    assert!(view.certificates.iter().all(|c| c.is_ca));
    assert_eq!(view.proof, None, "not tested yet");
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("ca.zip");
    let saved = engine
        .save_certificate_to(ON, CertificateFormat::Zip, &zip, false)
        .await
        .unwrap();
    assert_eq!((saved.sha256, saved.size), (view.sha256, view.size));
    let pem = folder.path().join("ca.pem");
    engine
        .save_certificate_to(ON, CertificateFormat::Pem, &pem, false)
        .await
        .unwrap();
    let trusted = engine.trust_file(&pem).await.unwrap();
    assert_eq!(trusted.certificates, view.certificates);
    let trusted = engine.trust_file(&zip).await.unwrap();
    assert_eq!(trusted.certificates, view.certificates);

    std::fs::write(&pem, "mine").unwrap();
    let save = |overwrite| engine.save_certificate_to(ON, CertificateFormat::Pem, &pem, overwrite);
    assert_eq!(save(false).await.unwrap_err().code(), Code::FileExists);
    assert_eq!(std::fs::read(&pem).unwrap(), b"mine");
    save(true).await.unwrap();
    let nowhere = folder.path().join("no/such/folder/ca.pem");
    let error = engine
        .save_certificate_to(ON, CertificateFormat::Pem, &nowhere, false)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::SaveFailed);
    let log = engine.audit_log().await.unwrap();
    let saved = log
        .entries
        .iter()
        .filter(|e| e.action == "save_certificate");
    assert_eq!(saved.count(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_that_is_wrong_is_told_apart_from_one_that_is_not_there() {
    for (fault, code) in [
        ("zip_404", Code::CertificateDownloadFailed),
        ("zip_truncated", Code::CertificateInvalid),
        ("zip_bomb", Code::CertificateInvalid),
        ("zip_traversal", Code::CertificateInvalid),
        ("zip_empty", Code::CertificateInvalid),
        ("zip_garbage_pem", Code::CertificateInvalid),
        ("zip_huge", Code::CertificateInvalid),
    ] {
        let lab = Lab::fast().await;
        let engine = lab.engine().await;
        lab.fault(fault);
        let error = engine.certificate(ON).await.unwrap_err();
        assert_eq!(error.code(), code, "{fault}: {error}");
        // Nothing of it stays.
        lab.sandbox.clear_faults();
        engine.certificate(ON).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_there_before_ssl_is_on() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let before = engine.certificate(READY).await.unwrap();
    run(&engine, Action::ENABLE_SSL, READY).await;
    let after = engine.certificate(READY).await.unwrap();
    assert_eq!(before.certificates, after.certificates);
    assert_eq!(after.proof.map(|proof| proof.signed), Some(true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_truststore_is_read_back_unless_it_needs_a_password() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let view = engine.certificate(ON).await.unwrap();
    let certificates = engine.trusted_certificates(ON).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let password = "a password of ours".into();
    for format in Format::ALL.iter().copied() {
        let bytes = format
            .write(&certificates, Some(&password))
            .unwrap()
            .remove(0);
        let path = folder.path().join("ca").with_extension(format.extension());
        let save = engine.save_truststore_to(ON, format, &path, &bytes, true);
        save.await.unwrap();
        let opened = engine.trust_file(&path).await;
        match format.needs_password() {
            true => assert_eq!(opened.unwrap_err().code(), Code::CertificateInvalid),
            false => assert_eq!(opened.unwrap().certificates, view.certificates),
        }
    }
}

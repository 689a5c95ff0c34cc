//! The certificate archive and its link.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    time::Duration,
};

use crate::client::{Client, GUANGZHOU, still};

const READY: &str = "crs-d3s0yk6b";

/// The files of an archive.
pub(crate) fn unpack(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

async fn link(client: &Client) -> String {
    let status = client.ssl(GUANGZHOU, READY).await;
    status["CertDownloadUrl"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_archive_has_the_four_files_and_is_the_same_each_time() {
    let (_sandbox, client) = still().await;
    let archive = client.archive(GUANGZHOU, READY).await;
    let files = unpack(&archive);
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["ca.crt", "ca.jks", "ca.p7b", "ca.pem"]);
    assert_eq!(archive, client.archive(GUANGZHOU, READY).await);
}

#[tokio::test]
async fn regions_have_cas_of_their_own() {
    let (_sandbox, client) = still().await;
    let guangzhou = client.archive(GUANGZHOU, READY).await;
    let singapore = client.archive("ap-singapore", "crs-m4x8za2j").await;
    assert_ne!(unpack(&guangzhou)["ca.pem"], unpack(&singapore)["ca.pem"]);
}

#[tokio::test]
async fn a_link_ends() {
    let (sandbox, client) = still().await;
    let first = link(&client).await;
    assert_eq!(first, link(&client).await);
    sandbox.advance(Duration::from_secs(25 * 60 * 60));
    let expired = client.http.get(&first).send().await.unwrap();
    assert_eq!(expired.status(), 403);
    assert!(
        expired
            .text()
            .await
            .unwrap()
            .contains("<Code>AccessDenied</Code>")
    );
    let second = link(&client).await;
    assert_ne!(first, second);
    assert_eq!(client.http.get(&second).send().await.unwrap().status(), 200);
    let unknown = second.replace("/certificates/", "/certificates/x");
    let unknown = client.http.get(&unknown).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert!(
        unknown
            .text()
            .await
            .unwrap()
            .contains("<Code>NoSuchKey</Code>")
    );
}

#[tokio::test]
async fn the_end_of_the_link_is_told_in_utc_plus_8() {
    let (_sandbox, client) = still().await;
    let status = client.ssl(GUANGZHOU, READY).await;
    let text = status["UrlExpiredTime"].as_str().unwrap();
    let ends = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", text).unwrap();
    let ends = jiff::tz::offset(8).to_timestamp(ends).unwrap();
    let hours = (ends.as_second() - jiff::Timestamp::now().as_second()) / 3600;
    assert!((23..=24).contains(&hours), "{text}");
}

#[tokio::test]
async fn archives_are_wrong_on_demand() {
    let (sandbox, client) = still().await;
    let whole = client.archive(GUANGZHOU, READY).await;
    let fault = |fault: &str| sandbox.add_fault(format!("{fault}@1").parse().unwrap());

    fault("zip_truncated");
    let half = client.archive(GUANGZHOU, READY).await;
    assert_eq!(half, whole[..whole.len() / 2]);
    fault("zip_traversal");
    let names = client.archive(GUANGZHOU, READY).await;
    assert!(unpack(&names).keys().any(|name| name.starts_with("../../")));
    fault("zip_empty");
    let files = unpack(&client.archive(GUANGZHOU, READY).await);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["README.txt"]);
    fault("zip_garbage_pem");
    let files = unpack(&client.archive(GUANGZHOU, READY).await);
    assert!(files["ca.pem"].starts_with(b"-----BEGIN CERTIFICATE-----\nbm90"));
    fault("zip_404");
    assert_eq!(
        client
            .http
            .get(link(&client).await)
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    fault("zip_bomb");
    let bomb = client.archive(GUANGZHOU, READY).await;
    let size = zip::ZipArchive::new(Cursor::new(&bomb))
        .unwrap()
        .by_index(0)
        .unwrap()
        .size();
    assert!(size > 500 * bomb.len() as u64, "{size}");
    fault("zip_huge");
    let mut huge = client.http.get(link(&client).await).send().await.unwrap();
    let mut received = 0;
    while received < 32 * 1024 * 1024 {
        received += huge
            .chunk()
            .await
            .unwrap()
            .expect("the body does not end")
            .len();
    }
    drop(huge);
    assert_eq!(client.archive(GUANGZHOU, READY).await, whole);
    assert_eq!(sandbox.ledger().downloads, 9);
}

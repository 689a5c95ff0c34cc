//! The certificate archive of an instance: downloaded, opened, saved.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rediseal_certificate::{
    Archive, Bounded, Certificate, Contents, FILE_LIMIT, Format, Limits, Overwrite, pem_bundle,
};
use rediseal_probe::Role;
use reqwest::{StatusCode, Url};
use serde_json::json;

use crate::accounts::Account;
use crate::audit::Note;
use crate::cloud::Cloud;
use crate::engine::Engine;
use crate::error::{DownloadFailure, Error};
use crate::readiness::facts;
use crate::view::{CertificateFormat, CertificateView, SavedFile, TrustFile, TruststoreForm};

/// An archive as it came, and what is in it.
pub(crate) struct Downloaded {
    bytes: Vec<u8>,
    archive: Archive,
    at: Timestamp,
}

/// The archives of this session, by instance.
#[derive(Default)]
pub(crate) struct Archives(Mutex<HashMap<String, Arc<Downloaded>>>);

impl Archives {
    fn find(&self, instance_id: &str) -> Option<Arc<Downloaded>> {
        self.lock().get(instance_id).cloned()
    }

    fn put(&self, instance_id: &str, downloaded: Arc<Downloaded>) {
        self.lock().insert(instance_id.to_owned(), downloaded);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Downloaded>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Downloaded {
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.archive
            .certificates
            .iter()
            .map(|found| &found.certificate)
    }

    /// DER, for use as the only trusted authorities.
    pub(crate) fn authorities(&self) -> Vec<Vec<u8>> {
        self.certificates()
            .map(|certificate| certificate.der().to_vec())
            .collect()
    }

    pub(crate) fn sha256(&self) -> &str {
        &self.archive.sha256
    }
}

/// The fingerprint of a certificate.
pub(crate) fn sha256(certificate: &Certificate) -> String {
    certificate.facts().sha256.clone()
}

impl Engine {
    /// Downloads the instance's certificate archive and opens it.
    ///
    /// # Errors
    ///
    /// When there is no account, the cloud does not say where the archive is, it cannot be
    /// downloaded in time and size, or is not acceptable.
    pub async fn certificate(&self, instance_id: &str) -> Result<CertificateView, Error> {
        let account = self.inner.accounts.active()?;
        let downloaded = self.download(&account, instance_id).await?;
        Ok(self.view(instance_id, &downloaded))
    }

    /// Writes the archive last shown, or downloads it first. The path is one that the user chose.
    ///
    /// # Errors
    ///
    /// As [`Engine::certificate`]; when the file exists and `overwrite` does not say so; when
    /// writing fails. A file that was there is untouched then.
    pub async fn save_certificate_to(
        &self,
        instance_id: &str,
        format: CertificateFormat,
        path: &Path,
        overwrite: bool,
    ) -> Result<SavedFile, Error> {
        let account = self.inner.accounts.active()?;
        let downloaded = self.archive(&account, instance_id).await?;
        let pem;
        let bytes = match format {
            CertificateFormat::Zip => downloaded.bytes.as_slice(),
            CertificateFormat::Pem => {
                pem = pem_bundle(downloaded.certificates());
                pem.as_bytes()
            }
        };
        self.save_noted(&account, instance_id, json!(format), path, bytes, overwrite)
    }

    /// The certificates of the archive last shown, which is downloaded first where there is none.
    ///
    /// # Errors
    ///
    /// As [`Engine::certificate`].
    pub async fn trusted_certificates(&self, instance_id: &str) -> Result<Vec<Certificate>, Error> {
        let account = self.inner.accounts.active()?;
        let downloaded = self.archive(&account, instance_id).await?;
        Ok(downloaded.certificates().cloned().collect())
    }

    /// A truststore of the instance's certificates, as one file.
    ///
    /// # Errors
    ///
    /// As [`Engine::certificate`]; when the password does not fit the format.
    pub async fn truststore(&self, form: &TruststoreForm) -> Result<Vec<u8>, Error> {
        let certificates = self.trusted_certificates(&form.instance_id).await?;
        let mut files = form.format.write(&certificates, form.password.as_ref())?;
        match (files.pop(), files.is_empty()) {
            (Some(bytes), true) => Ok(bytes),
            _ => Err(Error::InvalidInput {
                field: "format",
                problem: "it is not one file".to_owned(),
            }),
        }
    }

    /// Writes a part of what [`Format::write`] made of the instance's certificates. The path is
    /// one that the user chose.
    ///
    /// # Errors
    ///
    /// As [`Engine::save_certificate_to`].
    pub async fn save_truststore_to(
        &self,
        instance_id: &str,
        format: Format,
        path: &Path,
        bytes: &[u8],
        overwrite: bool,
    ) -> Result<SavedFile, Error> {
        let account = self.inner.accounts.active()?;
        self.save_noted(&account, instance_id, json!(format), path, bytes, overwrite)
    }

    fn save_noted(
        &self,
        account: &Account,
        instance_id: &str,
        format: serde_json::Value,
        path: &Path,
        bytes: &[u8],
        overwrite: bool,
    ) -> Result<SavedFile, Error> {
        let saved = save(path, bytes, overwrite)?;
        self.note(Note {
            action: "save_certificate",
            target: instance_id.to_owned(),
            result: "done",
            facts: facts([
                ("path", json!(absolute(&saved.path))),
                ("sha256", json!(saved.sha256)),
                ("format", format),
            ]),
            ..self.by(account)
        })?;
        Ok(saved)
    }

    /// Reads a file of trusted certificates, of any kind that opens without a password.
    ///
    /// # Errors
    ///
    /// When it cannot be read or has no certificate.
    pub async fn trust_file(&self, path: &Path) -> Result<TrustFile, Error> {
        Ok(TrustFile {
            path: path.display().to_string(),
            certificates: read_certificates(path)?
                .iter()
                .map(|certificate| certificate.facts().clone())
                .collect(),
        })
    }

    /// The archive downloaded in this session, or a new one.
    pub(crate) async fn archive(
        &self,
        account: &Account,
        instance_id: &str,
    ) -> Result<Arc<Downloaded>, Error> {
        match self.inner.archives.find(instance_id) {
            Some(downloaded) => Ok(downloaded),
            None => self.download(account, instance_id).await,
        }
    }

    /// The same, where nobody waits for this one alone.
    pub(crate) async fn archive_in_background(
        &self,
        account: &Account,
        instance_id: &str,
    ) -> Result<Arc<Downloaded>, Error> {
        match self.inner.archives.find(instance_id) {
            Some(downloaded) => Ok(downloaded),
            None => {
                let cloud = self.cloud(account).await?.in_background();
                self.download_by(account, &cloud, instance_id).await
            }
        }
    }

    pub(crate) async fn download(
        &self,
        account: &Account,
        instance_id: &str,
    ) -> Result<Arc<Downloaded>, Error> {
        let cloud = self.cloud(account).await?;
        self.download_by(account, &cloud, instance_id).await
    }

    async fn download_by(
        &self,
        account: &Account,
        cloud: &Cloud,
        instance_id: &str,
    ) -> Result<Arc<Downloaded>, Error> {
        // Links end, so it is asked for anew each time.
        let known = self.read_instance_by(account, cloud, instance_id).await?;
        let ssl = match (known.ssl, known.error) {
            (Some(ssl), _) => ssl,
            (None, Some(error)) => return Err(Error::Edge(Box::new(error))),
            (None, None) => return Err(Error::Download(DownloadFailure::NoLink)),
        };
        let link = ssl
            .cert_download_url
            .filter(|link| !link.is_empty())
            .ok_or(Error::Download(DownloadFailure::NoLink))?;
        let limits = Limits::default();
        let bytes = tokio::time::timeout(
            self.inner.timings.download,
            fetch(cloud, &link, limits.archive_size),
        )
        .await
        .map_err(|_| Error::Download(DownloadFailure::Timeout))??;
        let archive = Archive::open(&bytes, limits)?;
        let downloaded = Arc::new(Downloaded {
            bytes,
            archive,
            at: self.now(),
        });
        self.inner
            .archives
            .put(instance_id, Arc::clone(&downloaded));
        Ok(downloaded)
    }

    pub(crate) fn certificate_view(&self, instance_id: &str) -> Option<CertificateView> {
        let downloaded = self.inner.archives.find(instance_id)?;
        Some(self.view(instance_id, &downloaded))
    }

    fn view(&self, instance_id: &str, downloaded: &Downloaded) -> CertificateView {
        CertificateView {
            instance_id: instance_id.to_owned(),
            files: downloaded.archive.files.clone(),
            certificates: downloaded
                .certificates()
                .map(|certificate| certificate.facts().clone())
                .collect(),
            sha256: downloaded.archive.sha256.clone(),
            size: downloaded.archive.size,
            signed_live_chain: self.signed_live_chain(instance_id, downloaded),
            downloaded: downloaded.at,
        }
    }

    fn signed_live_chain(&self, instance_id: &str, downloaded: &Downloaded) -> Option<bool> {
        let report = self.inner.fleet.report(instance_id)?;
        // A test against other authorities says nothing about these.
        if report.chain.is_empty() || report.target.trust != "ca" {
            return None;
        }
        let trusted = report
            .chain
            .iter()
            .filter(|link| link.role == Role::Trusted)
            .filter_map(|link| link.facts.as_ref());
        let mut ours = downloaded.certificates().map(Certificate::facts);
        Some(
            trusted
                .into_iter()
                .any(|facts| ours.any(|own| own.sha256 == facts.sha256)),
        )
    }
}

/// Where a file is whatever the current folder is later.
fn absolute(path: &str) -> String {
    match std::path::absolute(path) {
        Ok(path) => path.display().to_string(),
        Err(_) => path.to_owned(),
    }
}

/// Writes a file that the user named, whole or not at all.
pub(crate) fn save(path: &Path, bytes: &[u8], overwrite: bool) -> Result<SavedFile, Error> {
    let overwrite = if overwrite {
        Overwrite::Yes
    } else {
        Overwrite::No
    };
    let saved = rediseal_certificate::save(path, bytes, overwrite)?;
    Ok(SavedFile {
        path: saved.path.display().to_string(),
        size: saved.size,
        sha256: saved.sha256,
    })
}

/// Every certificate of a file of any kind that opens without a password.
pub(crate) fn read_certificates(path: &Path) -> Result<Vec<Certificate>, Error> {
    let invalid = |problem: String| Error::InvalidInput {
        field: "trust_file",
        problem,
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(FILE_LIMIT + 1).read_to_end(&mut bytes))
        .map_err(|error| invalid(format!("{}: {error}", path.display())))?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(invalid(format!("{} is too large", path.display())));
    }
    let found = Contents::read(&bytes, None)?.certificates.into_iter();
    Ok(found.map(|one| one.certificate).collect())
}

/// A plain GET: no signature, no redirect, nothing but https outside this computer.
async fn fetch(cloud: &Cloud, link: &str, limit: u64) -> Result<Vec<u8>, Error> {
    let failed = async |error: reqwest::Error| {
        let trouble = Box::new(cloud.http.trouble(&error).await);
        Error::Download(DownloadFailure::Connection { trouble })
    };
    let url = Url::parse(link).map_err(|_| Error::Download(DownloadFailure::LinkRefused))?;
    if !acceptable(&url) {
        return Err(Error::Download(DownloadFailure::LinkRefused));
    }
    let mut response = match cloud.http.client().get(url).send().await {
        Ok(response) => response,
        Err(error) => return Err(failed(error).await),
    };
    if response.status() != StatusCode::OK {
        return Err(Error::Download(DownloadFailure::Status {
            status: response.status().as_u16(),
        }));
    }
    let mut body = Bounded::new(limit);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.push(&chunk)?,
            Ok(None) => return Ok(body.finish()),
            Err(error) => return Err(failed(error).await),
        }
    }
}

fn acceptable(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let loopback = host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    let plain = url.username().is_empty() && url.password().is_none();
    plain && (url.scheme() == "https" || url.scheme() == "http" && loopback)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn only_https_leaves_this_computer() {
        for (link, expected) in [
            (
                "https://bucket.cos.ap-nanjing.myqcloud.com/TencentDB-SSL-CA.zip",
                true,
            ),
            ("http://127.0.0.1:8080/ca.zip", true),
            ("http://[::1]:8080/ca.zip", true),
            ("http://bucket.cos.ap-nanjing.myqcloud.com/ca.zip", false),
            ("http://127.0.0.1.example.com/ca.zip", false),
            ("https://user:password@example.com/ca.zip", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(acceptable(&Url::parse(link).unwrap()), expected, "{link}");
        }
    }
}

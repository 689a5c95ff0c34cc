//! Who is told of an end that comes near, and when: each certificate once for each threshold.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::Engine;
use crate::error::Error;
use crate::settings;
use crate::view::ExpiryWarning;

/// How often it is looked whether a threshold was passed meanwhile.
const LOOK: Duration = Duration::from_hours(1);

impl Engine {
    /// Tells now, and every hour for as long as this engine is there, which certificates passed a
    /// threshold.
    pub fn watch_expiry(&self) {
        let engine = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            while let Some(inner) = engine.upgrade() {
                if let Err(error) = (Self { inner }).warn_of_expiry() {
                    tracing::warn!(%error, "ends of certificates are not looked for");
                }
                tokio::time::sleep(LOOK).await;
            }
        });
    }

    /// Tells of the certificates, of every account, that passed a threshold which nobody was told
    /// of yet, by any process and before any restart. Of several that one certificate has passed,
    /// the last. Nothing when the user does not want to be told.
    ///
    /// # Errors
    ///
    /// When the data folder cannot be read or written.
    pub fn warn_of_expiry(&self) -> Result<(), Error> {
        let store = &self.inner.store;
        if !settings::load(store)?.warn_of_expiry {
            return Ok(());
        }
        let mut due = Vec::new();
        let mut keys = Vec::new();
        for account in self.inner.accounts.all() {
            for certificate in self.expiry_of(&account)?.certificates {
                if let Some(threshold) = certificate.threshold {
                    keys.push((certificate.sha256.clone(), threshold));
                    due.push(ExpiryWarning {
                        account: account.name.clone(),
                        certificate,
                    });
                }
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        let mut is_new = store.warn_once(&keys, self.now())?.into_iter();
        due.retain(|_| is_new.next().unwrap_or(false));
        if !due.is_empty() {
            self.inner.changes.warn(due);
        }
        Ok(())
    }
}

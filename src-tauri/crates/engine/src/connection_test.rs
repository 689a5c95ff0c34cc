//! Tests of the connection to an instance, or to any address.

use std::collections::HashMap;
use std::future::ready;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::SignedDuration;
use rediseal_probe::{Address, Auth, Dns, Report, Request, Route, Stage, Trust, WithoutTls};
use tokio_util::sync::CancellationToken;

use crate::Code;
use crate::accounts::Account;
use crate::certificates::{read_certificates, sha256};
use crate::engine::Engine;
use crate::error::Error;
use crate::readiness::running;
use crate::route::route;
use crate::rows::{ipv6_address, private_address, public_address};
use crate::store::{CertificateSeen, Known};
use crate::view::{EdgeError, PlaintextLook, TestFiles, TestForm, TestProgress, TrustChoice};

/// The running tests.
#[derive(Default)]
pub(crate) struct Tests(Mutex<HashMap<String, Running>>);

#[derive(Default)]
struct Running {
    cancel: CancellationToken,
    stages: Vec<Stage>,
}

impl Tests {
    fn begin(&self, id: &str) -> Result<CancellationToken, Error> {
        let mut tests = self.lock();
        if id.is_empty() || tests.contains_key(id) {
            return Err(Error::InvalidInput {
                field: "test_id",
                problem: "it must be new for each test".to_owned(),
            });
        }
        let running = Running::default();
        let cancel = running.cancel.clone();
        tests.insert(id.to_owned(), running);
        Ok(cancel)
    }

    // A stage comes again when a later one tells more about it.
    fn stage(&self, id: &str, stage: &Stage) -> Option<TestProgress> {
        let mut tests = self.lock();
        let stages = &mut tests.get_mut(id)?.stages;
        match stages.iter_mut().find(|s| s.id == stage.id) {
            Some(known) => *known = stage.clone(),
            None => stages.push(stage.clone()),
        }
        Some(TestProgress {
            test_id: id.to_owned(),
            stages: stages.clone(),
        })
    }

    fn cancel(&self, id: &str) {
        if let Some(running) = self.lock().get(id) {
            running.cancel.cancel();
        }
    }

    fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the entry of a test also when its caller goes away.
struct Entry<'a> {
    tests: &'a Tests,
    id: &'a str,
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.tests.end(self.id);
    }
}

impl Engine {
    /// A real handshake, stage by stage. The newest report of an instance is kept; one of another
    /// address, or by another trust than its own CA, says nothing about it and is not.
    ///
    /// # Errors
    ///
    /// When the form cannot be used, the instance's certificate cannot be had, or the test was
    /// cancelled. Whatever the server does is in the report.
    pub async fn test(&self, form: TestForm, files: TestFiles<'_>) -> Result<Report, Error> {
        let route = route(form.via.as_ref(), files.key, self.environment());
        self.test_by(&form, files.trust, route).await
    }

    /// The same of one of many that go the same way, which is made once for all of them: the
    /// form's own is not looked at.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::test`].
    pub async fn test_along(
        &self,
        form: &TestForm,
        trust: Option<&Path>,
        route: Route,
    ) -> Result<Report, Error> {
        self.test_by(form, trust, ready(Ok(route))).await
    }

    async fn test_by(
        &self,
        form: &TestForm,
        trust: Option<&Path>,
        route: impl Future<Output = Result<Route, Error>>,
    ) -> Result<Report, Error> {
        let tests = &self.inner.tests;
        let cancel = tests.begin(&form.test_id)?;
        let _entry = Entry {
            tests,
            id: &form.test_id,
        };
        tokio::select! {
            () = cancel.cancelled() => Err(Error::Cancelled),
            report = self.run_test(form, trust, route) => report,
        }
    }

    /// Ends a running test; its call fails as cancelled.
    pub async fn cancel_test(&self, test_id: &str) {
        self.inner.tests.cancel(test_id);
    }

    /// The newest report of each instance of the account in use, by instance id.
    pub async fn reports(&self) -> Vec<(String, Report)> {
        self.inner.fleet.reports()
    }

    async fn run_test(
        &self,
        form: &TestForm,
        trust: Option<&Path>,
        route: impl Future<Output = Result<Route, Error>>,
    ) -> Result<Report, Error> {
        let target = match &form.instance_id {
            Some(id) => {
                let account = self.inner.accounts.active()?;
                let known = match self.inner.fleet.known(id) {
                    Some(known) => known,
                    None => self.read_instance(&account, id).await?,
                };
                Some((account, known))
            }
            None => None,
        };
        let trust = match form.trust {
            TrustChoice::Os => Trust::Os,
            TrustChoice::File => {
                let path = trust.ok_or_else(|| missing("trust_file", "no file was chosen"))?;
                let certificates = read_certificates(path)?;
                Trust::Authorities(certificates.iter().map(|c| c.der().to_vec()).collect())
            }
            TrustChoice::Instance => {
                let (account, known) = target
                    .as_ref()
                    .ok_or_else(|| missing("instance_id", "there is none to take the CA of"))?;
                let archive = self.archive(account, known.id()).await;
                let archive = archive.map_err(|error| held_back(error, known))?;
                Trust::Authorities(archive.authorities())
            }
        };
        let address = match (&form.address, &target) {
            (Some(address), _) => Address::parse(address)?,
            (None, Some((_, known))) => address(known)?,
            (None, None) => return Err(missing("address", "there is none")),
        };
        let request = Request {
            name: form.name.clone().filter(|name| !name.is_empty()),
            sni: form.sni.clone().filter(|sni| !sni.is_empty()),
            auth: form.password.clone().map(|password| Auth {
                user: form.username.clone().filter(|user| !user.is_empty()),
                password,
            }),
            route: route.await?,
            deep: form.deep,
            cost: form.cost,
            timeout: match form.deep || form.cost {
                true => self.inner.timings.deep_test,
                false => self.inner.timings.test,
            },
            ca_of_instance: form.trust == TrustChoice::Instance,
            cloud_clock_offset: match &target {
                Some((account, _)) => self.clock_offset(account).await,
                None => None,
            },
            ..Request::new(address, trust, self.now())
        };
        let report = rediseal_probe::test(request, |stage| {
            if let Some(progress) = self.inner.tests.stage(&form.test_id, stage) {
                self.inner.changes.test(progress);
            }
        })
        .await?;
        if let Some((account, known)) = &target
            && is_own_address(known, &report)
        {
            // Whatever it is compared with, the server showed what it shows.
            self.see_live(account, known, &report);
            if is_about_its_own_trust(form) {
                self.keep_report(account, known.id(), &report);
            }
        }
        Ok(report)
    }

    /// Tests an instance at its private address.
    pub(crate) async fn test_instance(
        &self,
        account: &Account,
        known: &Known,
        trust: Trust,
    ) -> Result<Report, Error> {
        let route = self.usual_route(account, known.id()).await;
        let report = self.look_at(account, known, trust, route).await?;
        self.see_live(account, known, &report);
        self.keep_report(account, known.id(), &report);
        Ok(report)
    }

    /// The same, and keeps nothing.
    pub(crate) async fn look_at(
        &self,
        account: &Account,
        known: &Known,
        trust: Trust,
        route: Route,
    ) -> Result<Report, Error> {
        self.look_from(account, address(known)?, trust, route).await
    }

    /// The same at another address of the instance.
    pub(crate) async fn look_from(
        &self,
        account: &Account,
        address: Address,
        trust: Trust,
        route: Route,
    ) -> Result<Report, Error> {
        let request = Request {
            route,
            timeout: self.inner.timings.test,
            ca_of_instance: true,
            cloud_clock_offset: self.clock_offset(account).await,
            ..Request::new(address, trust, self.now())
        };
        Ok(rediseal_probe::test(request, |_| {}).await?)
    }

    /// Whether an instance takes connections without TLS at its private address, now.
    ///
    /// # Errors
    ///
    /// When the instance cannot be read, or has no address.
    pub async fn plaintext(&self, instance_id: &str) -> Result<PlaintextLook, Error> {
        let account = self.inner.accounts.active()?;
        let known = self.read_instance(&account, instance_id).await?;
        let address = address(&known)?;
        Ok(PlaintextLook {
            at: self.now(),
            seen: self.without_tls(&account, &known).await,
            address: address.to_string(),
        })
    }

    /// The same, where no address means that nothing is seen.
    pub(crate) async fn without_tls(&self, account: &Account, known: &Known) -> WithoutTls {
        match address(known) {
            Ok(address) => {
                let route = self.usual_route(account, known.id()).await;
                let timeout = self.inner.timings.plaintext;
                rediseal_probe::without_tls(&address, &route, &Dns::System, timeout).await
            }
            Err(_) => WithoutTls::NotSeen,
        }
    }

    /// What can be seen of the certificate that an instance has now.
    pub(crate) async fn certificate_seen(
        &self,
        account: &Account,
        known: &Known,
    ) -> CertificateSeen {
        let archive = self.download(account, known.id()).await.ok();
        CertificateSeen {
            leaf: self.leaf(account, known).await,
            authorities: archive.map(|archive| archive.certificates().map(sha256).collect()),
        }
    }

    /// The certificate that the server shows now, whoever signed it.
    pub(crate) async fn leaf(&self, account: &Account, known: &Known) -> Option<String> {
        let archive = self.archive(account, known.id()).await.ok()?;
        let request = Request {
            route: self.usual_route(account, known.id()).await,
            timeout: self.inner.timings.test,
            ..Request::new(
                address(known).ok()?,
                Trust::Authorities(archive.authorities()),
                self.now(),
            )
        };
        let report = rediseal_probe::test(request, |_| {}).await.ok()?;
        self.see_live(account, known, &report);
        leaf(&report)
    }

    fn keep_report(&self, account: &Account, instance_id: &str, report: &Report) {
        self.keep_reports(account, &[(instance_id.to_owned(), report)]);
    }

    /// Of each instance the newest is kept.
    pub(crate) fn keep_reports(&self, account: &Account, reports: &[(String, &Report)]) {
        for (instance_id, report) in reports {
            self.inner
                .fleet
                .put_report(&account.id, instance_id, report);
        }
        let ids = reports.iter().map(|(instance_id, _)| instance_id.clone());
        self.inner.changes.rows(ids);
        if account.is_kept()
            && let Err(error) = self.inner.store.put_reports(&account.id, reports)
        {
            tracing::warn!(%error, "reports are not kept");
        }
    }

    pub(crate) async fn clock_offset(&self, account: &Account) -> Option<SignedDuration> {
        let seconds = self.cloud(account).await.ok()?.api.clock_offset()?;
        Some(SignedDuration::from_secs(seconds))
    }
}

/// The first certificate that a server showed.
pub(crate) fn leaf(report: &Report) -> Option<String> {
    let facts = report.chain.first()?.facts.as_ref()?;
    Some(facts.sha256.clone())
}

fn is_own_address(known: &Known, report: &Report) -> bool {
    let tested = report.target.address.as_str();
    let own = [
        private_address(&known.instance),
        public_address(&known.instance),
        ipv6_address(&known.instance),
    ];
    own.iter().flatten().any(|address| address == tested)
}

fn is_about_its_own_trust(form: &TestForm) -> bool {
    let named = form.name.as_deref().is_some_and(|name| !name.is_empty());
    form.trust == TrustChoice::Instance && !named
}

pub(crate) fn address(known: &Known) -> Result<Address, Error> {
    let address = private_address(&known.instance)
        .ok_or_else(|| missing("address", "the instance has no private address"))?;
    Ok(Address::parse(&address)?)
}

/// The cloud has one word for an instance that is busy and for one that is not there to be used.
/// What it said of the instance's own state tells them apart.
fn held_back(error: Error, known: &Known) -> Error {
    if error.code() != Code::InstanceBusy {
        return error;
    }
    let mut error = EdgeError::from(error);
    error.details.extend(running(&known.instance).facts);
    Error::Edge(Box::new(error))
}

fn missing(field: &'static str, problem: &str) -> Error {
    Error::InvalidInput {
        field,
        problem: problem.to_owned(),
    }
}

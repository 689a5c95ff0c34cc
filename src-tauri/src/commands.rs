//! What each command does: a call of the engine, a dialog, or both.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rediseal_engine::view::{
    AccountView, Action, ApiCa, AppSnapshot, AuditLog, CertificateEvent, CertificateFormat,
    CertificateView, Comparison, Confirmation, EdgeError, Expiry, FactMap, FileLook, InspectedPage,
    InstanceDetail, InventoryFormat, InventorySnapshot, JobSnapshot, Keep, KeyFile, LibraryView,
    NetworkForm, OfferedFile, Password, PlaintextLook, Plan, PutForm, PutPlan, PutRun, RouteView,
    SavedFile, Settings, SignInForm, Signed, Site, SnippetForm, SnippetView, SshHosts, TestFiles,
    TestForm, TestRun, TrustFile, TruststoreForm,
};
use rediseal_engine::{Code, Engine, snippet_libraries};
use rediseal_probe::{Format, Report};
use tauri::AppHandle;
use tokio::sync::OnceCell;

use crate::dialogs::{Dialogs, Language, Place, Purpose};
use crate::events::Page;
use crate::quit::Quit;
use crate::sandbox::BuiltIn;
use crate::startup;

/// The state behind the commands.
pub(crate) struct Shell {
    app: AppHandle,
    data_folder: Option<PathBuf>,
    sandbox: BuiltIn,
    engine: OnceCell<Result<Engine, EdgeError>>,
    dialogs: Dialogs,
    quit: Quit,
    trust: Mutex<Option<PathBuf>>,
    ssh_key: Mutex<Option<PathBuf>>,
}

type Answer<T> = Result<T, EdgeError>;

impl Shell {
    pub(crate) fn new(app: AppHandle, data_folder: Option<PathBuf>) -> Self {
        Self {
            dialogs: Dialogs::new(app.clone()),
            quit: Quit::new(app.clone()),
            app,
            data_folder,
            sandbox: BuiltIn::default(),
            engine: OnceCell::new(),
            trust: Mutex::default(),
            ssh_key: Mutex::default(),
        }
    }

    /// The engine, opened once. When it cannot be opened every command says why, and the page
    /// shows that in the place of everything else.
    pub(crate) async fn engine(&self) -> Answer<&Engine> {
        self.engine
            .get_or_init(|| self.open())
            .await
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Whether the window may close, or the page asks its user first.
    pub(crate) fn may_close(&self) -> bool {
        let engine = self.engine.get().and_then(|engine| engine.as_ref().ok());
        self.quit
            .may_close(&engine.map(Engine::watched_jobs).unwrap_or_default())
    }

    async fn open(&self) -> Answer<Engine> {
        let folder = self.data_folder.clone().ok_or_else(|| EdgeError {
            code: Code::DataFolderUnwritable,
            message: "there is no home folder: set REDISEAL_DATA_DIR".to_owned(),
            retryable: false,
            request_id: None,
            details: FactMap::new(),
        })?;
        let engine = startup::engine(folder, Arc::new(Page(self.app.clone()))).await?;
        engine.resume().await?;
        engine.watch_expiry();
        Ok(engine)
    }

    /// Where the user wants to have a file.
    async fn place(&self, purpose: Purpose, name: &str) -> Answer<Place> {
        self.dialogs
            .save(purpose, self.language().await?, name)
            .await
    }

    /// Tells the page what was dropped on it.
    pub(crate) async fn dropped(&self, paths: Vec<PathBuf>) {
        if let Ok(engine) = self.engine().await {
            Page(self.app.clone()).files_dropped(&engine.offer_files(paths));
        }
    }

    pub(crate) async fn language(&self) -> Answer<Language> {
        let snapshot = self.engine().await?.app_snapshot().await?;
        Ok(Language::chosen(&snapshot.settings.language))
    }

    fn ssh_key(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.ssh_key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn trust(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.trust.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The declared commands, in the order of the list.
impl Shell {
    pub(crate) async fn app_snapshot(&self) -> Answer<AppSnapshot> {
        Ok(self.engine().await?.app_snapshot().await?)
    }

    pub(crate) async fn sign_in(&self, form: SignInForm) -> Answer<AccountView> {
        Ok(self.engine().await?.sign_in(form).await?)
    }

    pub(crate) async fn take_detected(
        &self,
        id: String,
        name: String,
        site: Site,
        keep: Keep,
        network: NetworkForm,
    ) -> Answer<AccountView> {
        let engine = self.engine().await?;
        Ok(engine.take_detected(&id, name, site, keep, network).await?)
    }

    pub(crate) async fn open_sandbox(&self) -> Answer<AccountView> {
        let engine = self.engine().await?;
        Ok(engine.enter_sandbox(self.sandbox.form().await?).await?)
    }

    pub(crate) async fn use_account(&self, account_id: String) -> Answer<()> {
        Ok(self.engine().await?.use_account(&account_id).await?)
    }

    pub(crate) async fn choose_api_ca(&self) -> Answer<ApiCa> {
        let language = self.language().await?;
        let path = self.dialogs.pick(Purpose::ApiCa, language).await?;
        Ok(self.engine().await?.api_ca(&path).await?)
    }

    pub(crate) async fn change_network(
        &self,
        account_id: String,
        network: NetworkForm,
    ) -> Answer<AccountView> {
        let engine = self.engine().await?;
        Ok(engine.change_network(&account_id, network).await?)
    }

    pub(crate) async fn accept_root(&self, account_id: String, key: String) -> Answer<AccountView> {
        Ok(self.engine().await?.accept_root(&account_id, &key).await?)
    }

    pub(crate) async fn refuse_root(&self, account_id: String, key: String) -> Answer<AccountView> {
        Ok(self.engine().await?.refuse_root(&account_id, &key).await?)
    }

    pub(crate) async fn check_account(&self, account_id: String) -> Answer<AccountView> {
        Ok(self.engine().await?.check_account(&account_id).await?)
    }

    pub(crate) async fn remove_account(&self, account_id: String) -> Answer<()> {
        Ok(self.engine().await?.remove_account(&account_id).await?)
    }

    pub(crate) async fn change_settings(&self, settings: Settings) -> Answer<()> {
        Ok(self.engine().await?.change_settings(settings).await?)
    }

    pub(crate) async fn inventory_snapshot(&self) -> Answer<InventorySnapshot> {
        Ok(self.engine().await?.inventory_snapshot().await?)
    }

    pub(crate) async fn refresh_inventory(&self) -> Answer<()> {
        Ok(self.engine().await?.refresh_inventory().await?)
    }

    pub(crate) async fn refresh_region(&self, region: String) -> Answer<()> {
        Ok(self.engine().await?.refresh_region(&region).await?)
    }

    pub(crate) async fn show_first(&self, instance_ids: Vec<String>) -> Answer<()> {
        self.engine().await?.show_first(instance_ids);
        Ok(())
    }

    pub(crate) async fn export_inventory(&self, format: InventoryFormat) -> Answer<SavedFile> {
        let name = match format {
            InventoryFormat::Csv => "rediseal-instances.csv",
            InventoryFormat::Json => "rediseal-instances.json",
        };
        let place = self.place(Purpose::Instances, name).await?;
        let engine = self.engine().await?;
        Ok(engine
            .save_inventory_to(format, &place.path, place.replace)
            .await?)
    }

    pub(crate) async fn instance_detail(&self, instance_id: String) -> Answer<InstanceDetail> {
        Ok(self.engine().await?.instance_detail(&instance_id).await?)
    }

    pub(crate) async fn plan(&self, action: Action, instance_ids: Vec<String>) -> Answer<Plan> {
        Ok(self.engine().await?.plan(action, &instance_ids).await?)
    }

    pub(crate) async fn apply(
        &self,
        plan_id: String,
        confirmation: Confirmation,
        request_id: String,
    ) -> Answer<Vec<JobSnapshot>> {
        let engine = self.engine().await?;
        Ok(engine.apply(&plan_id, confirmation, &request_id).await?)
    }

    pub(crate) async fn job_snapshots(&self) -> Answer<Vec<JobSnapshot>> {
        Ok(self.engine().await?.job_snapshots().await?)
    }

    pub(crate) async fn detach_job(&self, job_id: String) -> Answer<()> {
        Ok(self.engine().await?.detach(&job_id).await?)
    }

    pub(crate) async fn reattach_job(&self, job_id: String) -> Answer<JobSnapshot> {
        Ok(self.engine().await?.reattach(&job_id).await?)
    }

    pub(crate) async fn audit_log(&self) -> Answer<AuditLog> {
        Ok(self.engine().await?.audit_log().await?)
    }

    pub(crate) async fn export_audit(&self) -> Answer<SavedFile> {
        let place = self.place(Purpose::Audit, "rediseal-audit.jsonl").await?;
        Ok(self
            .engine()
            .await?
            .save_audit_to(&place.path, place.replace)
            .await?)
    }

    pub(crate) async fn certificate(&self, instance_id: String) -> Answer<CertificateView> {
        Ok(self.engine().await?.certificate(&instance_id).await?)
    }

    pub(crate) async fn save_certificate(
        &self,
        instance_id: String,
        format: CertificateFormat,
    ) -> Answer<SavedFile> {
        let name = match format {
            CertificateFormat::Pem => format!("{instance_id}-ca.pem"),
            CertificateFormat::Zip => format!("{instance_id}-ca.zip"),
        };
        let place = self.place(Purpose::Certificate, &name).await?;
        let engine = self.engine().await?;
        Ok(engine
            .save_certificate_to(&instance_id, format, &place.path, place.replace)
            .await?)
    }

    pub(crate) async fn compare_certificate(&self, instance_id: String) -> Answer<Comparison> {
        let engine = self.engine().await?;
        Ok(engine.compare_certificate(&instance_id).await?)
    }

    pub(crate) async fn certificate_changes(&self) -> Answer<Vec<CertificateEvent>> {
        Ok(self.engine().await?.certificate_changes().await?)
    }

    pub(crate) async fn expiry(&self) -> Answer<Expiry> {
        Ok(self.engine().await?.expiry().await?)
    }

    pub(crate) async fn save_calendar(
        &self,
        language: rediseal_probe::Language,
    ) -> Answer<SavedFile> {
        let place = self
            .place(Purpose::Calendar, "rediseal-certificates.ics")
            .await?;
        let engine = self.engine().await?;
        Ok(engine
            .save_calendar_to(language, &place.path, place.replace)
            .await?)
    }

    pub(crate) async fn ssh_hosts(&self) -> Answer<SshHosts> {
        Ok(self.engine().await?.ssh_hosts().await)
    }

    pub(crate) async fn plan_put(&self, form: PutForm) -> Answer<PutPlan> {
        let key = self.ssh_key().clone();
        Ok(self.engine().await?.plan_put(form, key.as_deref()).await?)
    }

    pub(crate) async fn apply_put(&self, plan_id: String) -> Answer<PutRun> {
        Ok(self.engine().await?.begin_put(&plan_id).await?)
    }

    pub(crate) async fn put_run(&self, plan_id: String) -> Answer<Option<PutRun>> {
        Ok(self.engine().await?.put_run(&plan_id))
    }

    pub(crate) async fn cancel_put(&self, plan_id: String) -> Answer<()> {
        self.engine().await?.cancel_put(&plan_id);
        Ok(())
    }

    pub(crate) async fn choose_trust_file(&self) -> Answer<TrustFile> {
        let language = self.language().await?;
        let path = self.dialogs.pick(Purpose::Trust, language).await?;
        let file = self.engine().await?.trust_file(&path).await?;
        *self.trust() = Some(path);
        Ok(file)
    }

    pub(crate) async fn choose_key_file(&self) -> Answer<KeyFile> {
        let language = self.language().await?;
        let path = self.dialogs.pick(Purpose::SshKey, language).await?;
        let file = self.engine().await?.key_file(&path).await?;
        *self.ssh_key() = Some(path);
        Ok(file)
    }

    pub(crate) async fn choose_certificate_files(&self) -> Answer<Vec<OfferedFile>> {
        let language = self.language().await?;
        let paths = self.dialogs.pick_all(Purpose::Inspect, language).await?;
        Ok(self.engine().await?.offer_files(paths))
    }

    pub(crate) async fn inspect_file(
        &self,
        file: u32,
        password: Option<Password>,
        language: rediseal_probe::Language,
    ) -> Answer<FileLook> {
        let engine = self.engine().await?;
        let password = password.map(|password| password.0);
        Ok(engine.inspect(file, password, language).await?)
    }

    pub(crate) async fn inspected(
        &self,
        file: u32,
        text: String,
        from: usize,
    ) -> Answer<InspectedPage> {
        Ok(self.engine().await?.inspected(file, &text, from)?)
    }

    pub(crate) async fn signer(&self, file: u32, address: String) -> Answer<Signed> {
        Ok(self.engine().await?.signer(file, &address).await?)
    }

    pub(crate) async fn test_route(&self, instance_id: Option<String>) -> Answer<RouteView> {
        let engine = self.engine().await?;
        Ok(engine.test_route(instance_id.as_deref()).await?)
    }

    pub(crate) async fn test_connection(&self, mut form: TestForm) -> Answer<Report> {
        let engine = self.engine().await?;
        let chosen = self.ssh_key().clone();
        let key = engine.remember_route(&mut form, chosen.as_deref()).await?;
        let trust = self.trust().clone();
        let files = TestFiles {
            trust: trust.as_deref(),
            key: key.as_deref(),
        };
        Ok(engine.test(form, files).await?)
    }

    pub(crate) async fn cancel_test(&self, test_id: String) -> Answer<()> {
        self.engine().await?.cancel_test(&test_id).await;
        Ok(())
    }

    pub(crate) async fn test_instances(&self, instance_ids: Vec<String>) -> Answer<TestRun> {
        Ok(self.engine().await?.test_instances(&instance_ids).await?)
    }

    pub(crate) async fn test_run(&self) -> Answer<Option<TestRun>> {
        Ok(self.engine().await?.test_run().await)
    }

    pub(crate) async fn cancel_test_run(&self) -> Answer<()> {
        self.engine().await?.cancel_test_run().await;
        Ok(())
    }

    pub(crate) async fn plaintext(&self, instance_id: String) -> Answer<PlaintextLook> {
        Ok(self.engine().await?.plaintext(&instance_id).await?)
    }

    pub(crate) async fn save_report(
        &self,
        report: Report,
        format: Format,
        language: rediseal_probe::Language,
    ) -> Answer<SavedFile> {
        let name = report_name(&report, format);
        let place = self.place(Purpose::Report, &name).await?;
        let engine = self.engine().await?;
        Ok(engine.save_report_to(&report, format, language, &place.path, place.replace)?)
    }

    pub(crate) async fn report_markdown(
        &self,
        report: Report,
        language: rediseal_probe::Language,
    ) -> Answer<String> {
        Ok(report.document(Format::Markdown, language))
    }

    pub(crate) async fn snippet_libraries(&self) -> Answer<Vec<LibraryView>> {
        Ok(snippet_libraries())
    }

    pub(crate) async fn snippet(&self, form: SnippetForm) -> Answer<SnippetView> {
        Ok(self.engine().await?.snippet(form).await?)
    }

    pub(crate) async fn save_snippet(&self, form: SnippetForm) -> Answer<SavedFile> {
        let engine = self.engine().await?;
        let snippet = engine.snippet(form).await?;
        let name = &snippet.library.file_name;
        let place = self.place(Purpose::Program, name).await?;
        Ok(engine.save_snippet_to(&snippet, &place.path, place.replace)?)
    }

    pub(crate) async fn save_truststore(&self, form: TruststoreForm) -> Answer<SavedFile> {
        let engine = self.engine().await?;
        // Before the dialog: a password that will not do is said at once.
        let bytes = engine.truststore(&form).await?;
        let (id, format) = (&form.instance_id, form.format);
        let name = format!("{id}-ca.{}", format.extension());
        let place = self.place(Purpose::Certificate, &name).await?;
        let saving = engine.save_truststore_to(id, format, &place.path, &bytes, place.replace);
        Ok(saving.await?)
    }

    pub(crate) async fn answer_quit(&self, quit: bool) -> Answer<()> {
        self.quit.answer(quit);
        Ok(())
    }
}

/// Of what every system takes in the name of a file.
fn report_name(report: &Report, format: Format) -> String {
    let address: String = report
        .target
        .address
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' => c,
            _ => '-',
        })
        .take(100)
        .collect();
    let address = address.trim_matches(['.', '-']);
    format!("{address}-report.{}", format.extension())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_report_is_named_after_its_address() {
        for (address, name) in [
            (
                "redis.example.com:6379",
                "redis.example.com-6379-report.html",
            ),
            ("[fd00::7]:6379", "fd00--7--6379-report.html"),
            ("../../etc/passwd:1", "etc-passwd-1-report.html"),
        ] {
            let report: Report = serde_json::from_value(serde_json::json!({
                "schema": 1, "route": "direct", "started": "2026-11-24T12:00:00Z",
                "target": { "address": address, "name": "x", "sni": null, "trust": "os" },
                "elapsed_us": 1, "verdict": "secure", "cause": null, "stages": [], "chain": [],
                "protocol": null, "cipher": null, "group": null, "addresses": [], "clients": [],
            }))
            .unwrap();
            assert_eq!(report_name(&report, Format::Html), name);
        }
    }
}

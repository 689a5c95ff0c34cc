//! What each command does: a call of the engine, a dialog, or both.

use rediseal_engine::Code;
use rediseal_engine::view::{
    AccountView, Action, AppSnapshot, AuditLog, CertificateFormat, CertificateView, Confirmation,
    EdgeError, FactMap, InstanceDetail, InventoryFormat, InventorySnapshot, JobSnapshot, Keep,
    Plan, SavedFile, Settings, SignInForm, Site, TestForm, TrustFile,
};
use rediseal_probe::Report;

/// The state behind the commands.
pub(crate) struct Shell;

type Answer<T> = Result<T, EdgeError>;

fn missing<T>() -> Answer<T> {
    Err(EdgeError {
        code: Code::Internal,
        message: "the engine is not wired yet".to_owned(),
        retryable: false,
        request_id: None,
        details: FactMap::new(),
    })
}

macro_rules! stubs {
    ($($name:ident($($arg:ident: $type:ty),*) -> $result:ty;)+) => {
        impl Shell { $(pub(crate) async fn $name(&self, $($arg: $type),*) -> Answer<$result> { $(let _ = $arg;)* missing() })+ }
    };
}
stubs! {
    app_snapshot() -> AppSnapshot;
    sign_in(form: SignInForm) -> AccountView;
    take_detected(id: String, name: String, site: Site, keep: Keep) -> AccountView;
    open_sandbox() -> AccountView;
    use_account(account_id: String) -> ();
    remove_account(account_id: String) -> ();
    change_settings(settings: Settings) -> ();
    inventory_snapshot() -> InventorySnapshot;
    refresh_inventory() -> ();
    export_inventory(format: InventoryFormat) -> SavedFile;
    instance_detail(instance_id: String) -> InstanceDetail;
    plan(action: Action, instance_ids: Vec<String>) -> Plan;
    apply(plan_id: String, confirmation: Confirmation, request_id: String) -> Vec<JobSnapshot>;
    job_snapshots() -> Vec<JobSnapshot>;
    detach_job(job_id: String) -> ();
    audit_log() -> AuditLog;
    export_audit() -> SavedFile;
    certificate(instance_id: String) -> CertificateView;
    save_certificate(instance_id: String, format: CertificateFormat) -> SavedFile;
    choose_trust_file() -> TrustFile;
    test_connection(form: TestForm) -> Report;
    cancel_test(test_id: String) -> ();
    save_report(instance_id: String) -> SavedFile;
}

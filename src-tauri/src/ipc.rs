//! What the page may call and hear: handlers, access list and TypeScript from two lists.

use std::sync::Arc;

use rediseal_engine::view::{
    AccountView, Action, ApiCa, AppSnapshot, AuditLog, CertificateEvent, CertificateFormat,
    CertificateView, Comparison, Confirmation, EdgeError, Expiry, FileLook, InspectedPage,
    InstanceDetail, InventoryFormat, InventorySnapshot, JobSnapshot, Keep, KeyFile, LibraryView,
    NetworkForm, OfferedFile, Password, PlaintextLook, Plan, PutForm, PutPlan, PutRun, RouteView,
    SavedFile, Settings, SignInForm, Signed, Site, SnippetForm, SnippetView, SshHosts, TestForm,
    TestRun, TrustFile, TruststoreForm,
};
use rediseal_probe::{Format, Language, Report};
use tauri::State;

use crate::commands::Shell;

macro_rules! commands {
    ($($(#[doc = $doc:literal])+ $name:ident($($arg:ident: $type:ty),*) -> $result:ty;)+) => {
        mod handlers {
            use super::*;
            $(
                #[tauri::command(rename_all = "snake_case")]
                pub(super) async fn $name(
                    shell: State<'_, Arc<Shell>>,
                    $($arg: $type),*
                ) -> Result<$result, EdgeError> {
                    shell.$name($($arg),*).await
                }
            )+
        }

        /// Answers every declared command and no other.
        pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$(handlers::$name),+]
        }

        #[cfg(test)]
        pub(crate) fn describe_commands(bindings: &mut crate::bindings::Bindings) {
            $(
                let arguments = [$((stringify!($arg), bindings.name::<$type>())),*];
                let result = bindings.name::<$result>();
                bindings.command(&[$($doc),+], stringify!($name), &arguments, &result);
            )+
        }
    };
}

macro_rules! events {
    ($($(#[doc = $doc:literal])+ $name:ident($payload:ty) as $constant:ident;)+) => {
        $(
            $(#[doc = $doc])+
            pub(crate) const $constant: &str = stringify!($name);
        )+

        #[cfg(test)]
        pub(crate) fn describe_events(bindings: &mut crate::bindings::Bindings) {
            use rediseal_engine::view::{InventoryChange, TestProgress};
            $(
                let payload = bindings.name::<$payload>();
                bindings.event(&[$($doc),+], stringify!($name), &payload);
            )+
        }
    };
}

include!("command_list.rs");

events! {
    /// Accounts, settings or the keychain changed.
    app_changed(AppSnapshot) as APP_CHANGED;
    /// Rows or the progress of a sweep changed; at most four a second.
    inventory_changed(InventoryChange) as INVENTORY_CHANGED;
    /// A job changed.
    job_changed(JobSnapshot) as JOB_CHANGED;
    /// A stage of a running test ended.
    test_progress(TestProgress) as TEST_PROGRESS;
    /// The test of many instances went on, or ended.
    test_run_changed(TestRun) as TEST_RUN_CHANGED;
    /// The user dropped files on the window.
    files_dropped(Vec<OfferedFile>) as FILES_DROPPED;
    /// Certificates are put on servers: it went on, or ended.
    put_changed(PutRun) as PUT_CHANGED;
    /// The user closes the window while these jobs are watched.
    quit_asked(Vec<JobSnapshot>) as QUIT_ASKED;
}

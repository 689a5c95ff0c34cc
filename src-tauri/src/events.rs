//! What the engine tells on its way to the page.

use std::sync::Arc;

use rediseal_engine::EventSink;
use rediseal_engine::view::{
    AppSnapshot, ExpiryWarning, InventoryChange, JobSnapshot, OfferedFile, PutRun, TestProgress,
    TestRun,
};
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::commands::Shell;
use crate::ipc::{
    APP_CHANGED, FILES_DROPPED, INVENTORY_CHANGED, JOB_CHANGED, PUT_CHANGED, TEST_PROGRESS,
    TEST_RUN_CHANGED,
};
use crate::notifications;

/// The window as the engine sees it.
pub(crate) struct Page(pub(crate) AppHandle);

impl EventSink for Page {
    fn app_changed(&self, snapshot: AppSnapshot) {
        self.tell(APP_CHANGED, &snapshot);
    }

    fn inventory_changed(&self, change: InventoryChange) {
        self.tell(INVENTORY_CHANGED, &change);
    }

    fn job_changed(&self, job: JobSnapshot) {
        self.tell(JOB_CHANGED, &job);
    }

    fn test_progress(&self, progress: TestProgress) {
        self.tell(TEST_PROGRESS, &progress);
    }

    fn test_run_changed(&self, run: TestRun) {
        self.tell(TEST_RUN_CHANGED, &run);
    }

    fn certificates_end(&self, warnings: Vec<ExpiryWarning>) {
        let shell = Arc::clone(&self.0.state::<Arc<Shell>>());
        tauri::async_runtime::spawn(async move {
            if let Ok(language) = shell.language().await {
                let show = move || notifications::show(&warnings, language);
                let _ = tauri::async_runtime::spawn_blocking(show).await;
            }
        });
    }

    fn put_changed(&self, run: PutRun) {
        self.tell(PUT_CHANGED, &run);
    }
}

impl Page {
    pub(crate) fn files_dropped(&self, files: &Vec<OfferedFile>) {
        self.tell(FILES_DROPPED, files);
    }

    fn tell<T: serde::Serialize + Clone>(&self, event: &str, payload: &T) {
        if let Err(error) = self.0.emit(event, payload) {
            tracing::warn!(%error, event, "the page was not told");
        }
    }
}

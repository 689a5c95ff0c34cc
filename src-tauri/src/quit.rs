//! Closing the window while jobs are watched is asked about, once.

use std::sync::atomic::{AtomicBool, Ordering};

use rediseal_engine::view::JobSnapshot;
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::ipc::QUIT_ASKED;

/// The question, and whether it waits for its answer.
pub(crate) struct Quit {
    app: AppHandle,
    asked: AtomicBool,
}

impl Quit {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self {
            app,
            asked: AtomicBool::new(false),
        }
    }

    /// Whether the window may close now, while `jobs` are watched. A second try closes it
    /// whatever the page does: one that hangs must not hold it.
    pub(crate) fn may_close(&self, jobs: &[JobSnapshot]) -> bool {
        if jobs.is_empty() || self.asked.swap(true, Ordering::Relaxed) {
            return true;
        }
        // A page that cannot be asked has no say.
        self.app.emit(QUIT_ASKED, jobs).is_err()
    }

    /// The page's answer.
    pub(crate) fn answer(&self, quit: bool) {
        self.asked.store(false, Ordering::Relaxed);
        if quit
            && let Some(window) = self.app.get_webview_window("main")
            && let Err(error) = window.destroy()
        {
            tracing::error!(%error, "the window does not close");
        }
    }
}

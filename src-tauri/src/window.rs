//! The one window.

use std::path::Path;

use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Url, WebviewWindowBuilder};

/// Makes the window as `tauri.conf.json` says. It is shown with its page, never white before it.
/// What the webview itself wants to keep is under the data folder with everything else.
pub(crate) fn open(app: &AppHandle, data_folder: Option<&Path>) -> tauri::Result<()> {
    for config in &app.config().app.windows {
        let mut builder = WebviewWindowBuilder::from_config(app, config)?;
        let folder = data_folder.map(|folder| folder.join("webview"));
        if let Some(folder) = folder.filter(|folder| std::fs::create_dir_all(folder).is_ok()) {
            builder = builder.data_directory(folder);
        }
        builder
            .on_page_load(|window, page| {
                if page.event() == PageLoadEvent::Finished
                    && let Err(error) = window.show()
                {
                    tracing::error!(%error, "the window cannot be shown");
                }
            })
            .on_navigation(is_own_page)
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .build()?;
    }
    Ok(())
}

/// The page never leaves itself: a link in a server's answer leads nowhere.
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // WebView2 has no schemes of one's own.
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::is_own_page;

    #[test]
    fn only_the_embedded_page_is_opened() {
        let own = |url: &str| is_own_page(&url.parse().unwrap());
        assert!(!own("https://example.com/"));
        assert!(!own("http://localhost:5173/"));
        assert!(!own("file:///etc/passwd"));
        assert!(!own("javascript:alert(1)"));
        assert!(!own("tauri://example.com/"));
        assert!(own("tauri://localhost/index.html"));
        assert_eq!(own("http://tauri.localhost/"), cfg!(windows));
    }
}

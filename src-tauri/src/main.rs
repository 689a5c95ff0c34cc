//! RediSeal's window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> tauri::Result<()> {
    choose_renderer();
    rediseal::run()
}

/// WebKitGTK's DMA-BUF renderer shows a blank window on several drivers; the other renderer is
/// enough for tables and text. Who set the variable knows better.
fn choose_renderer() {
    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if cfg!(target_os = "linux") && std::env::var_os(VARIABLE).is_none() {
        // SAFETY: this is the first statement of the process; no other thread exists.
        #[expect(unsafe_code, reason = "WebKitGTK takes it from the environment only")]
        unsafe {
            std::env::set_var(VARIABLE, "1");
        }
    }
}

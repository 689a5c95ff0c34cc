//! The shell.
/// Opens the window.
pub fn run() -> tauri::Result<()> { tauri::Builder::default().run(tauri::generate_context!()) }

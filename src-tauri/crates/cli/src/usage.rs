//! A command line that is not understood, or that asks for help.

use std::io;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::language::Language;
use crate::output::{plain, stderr};

/// Why there is nothing to carry out.
#[derive(Debug)]
pub(crate) struct Unread {
    pub(crate) error: Error,
    pub(crate) language: Language,
    pub(crate) json: bool,
}

impl Unread {
    /// Prints the help, or what is wrong, and gives the exit code.
    pub(crate) fn show(&self) -> Exit {
        if !self.error.use_stderr() {
            return self.help();
        }
        match (self.json, self.language) {
            (true, _) => {
                let text = self.error.render().to_string();
                let message = text.trim_start_matches("error: ").trim_end();
                let failure = Failure::usage(message, message);
                stderr(&format!("{}\n", json!({ "error": failure.error })));
            }
            (false, Language::English) => {
                // There is nowhere to say that stderr does not take it.
                let _ = self.error.print();
            }
            (false, Language::Chinese) => stderr(&self.chinese()),
        }
        Exit::Usage
    }

    fn help(&self) -> Exit {
        match self.error.print() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let failure = Failure::unwritten(&error, false, self.language);
                stderr(&format!("{}\n", failure.text(self.language)));
                failure.exit
            }
            _ => Exit::Yes,
        }
    }

    /// The library has English alone.
    fn chinese(&self) -> String {
        let of = |kind| self.error.get(kind).map(ContextValue::to_string);
        let argument = || plain(&of(ContextKind::InvalidArg).unwrap_or_default());
        let value = || plain(&of(ContextKind::InvalidValue).unwrap_or_default());
        let command = || plain(&of(ContextKind::InvalidSubcommand).unwrap_or_default());
        let why = || {
            std::error::Error::source(&self.error)
                .map_or_else(String::new, |why| format!("：{}", plain(&why.to_string())))
        };
        let what = match self.error.kind() {
            ErrorKind::UnknownArgument => format!("没有参数 {}", argument()),
            ErrorKind::InvalidSubcommand => format!("没有命令 {}", command()),
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                "缺少命令".to_owned()
            }
            ErrorKind::MissingRequiredArgument => format!("缺少参数 {}", argument()),
            ErrorKind::ArgumentConflict => format!("{} 不能与其他参数同时使用", argument()),
            ErrorKind::InvalidValue if value().is_empty() => format!("{} 缺少取值", argument()),
            ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
                format!("{} 的取值 {} 不可用{}", argument(), value(), why())
            }
            _ => plain(self.error.render().to_string().trim()),
        };
        let valid = of(ContextKind::ValidValue).or_else(|| of(ContextKind::ValidSubcommand));
        let valid = valid.map_or_else(String::new, |valid| format!("\n  可用：{}", plain(&valid)));
        let usage = of(ContextKind::Usage).map_or_else(String::new, |usage| {
            format!("\n\n{}", usage.replacen("Usage: ", "用法：", 1).trim_end())
        });
        format!("错误：{what}{valid}{usage}\n\n更多信息请见 --help。\n")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::args::Arguments;

    #[test]
    fn what_is_wrong_is_said_in_chinese() {
        for (line, said) in [
            ("nonsense", "没有命令 nonsense"),
            ("enable", "缺少参数 <ID>"),
            ("instances --nonsense", "没有参数 --nonsense"),
            ("certificate x --out . --format pdf", "的取值 pdf 不可用"),
            ("test x --timeout 0", "的取值 0 不可用"),
        ] {
            let arguments = std::iter::once("rediseal-cli").chain(line.split(' '));
            let arguments: Vec<_> = arguments.map(Into::into).collect();
            let unread = Arguments::read(&arguments, Language::Chinese).unwrap_err();
            let text = unread.chinese();
            assert!(text.contains(said), "{line}: {text}");
            assert!(!text.contains("error") && !text.contains("Usage"), "{text}");
        }
    }
}

//! A relay's answer: three digits and text. Hostile or broken answers are faults, never a crash.

/// The longest answer we listen to.
pub const REPLY_LIMIT: usize = 16 * 1024;

/// An answer to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: u16,
    /// The lines without their digits.
    pub lines: Vec<String>,
}

/// What the first digit says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyKind {
    /// 2xx: done.
    Done,
    /// 3xx: go on.
    GoOn,
    /// 4xx: not now.
    NotNow,
    /// 5xx: no.
    No,
}

impl Reply {
    /// Reads the complete answer at the start of `bytes`; `Ok(None)` while lines are missing.
    /// Gives the answer and how many bytes it took.
    pub fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, String> {
        let (mut taken, mut code, mut lines) = (0, None, Vec::new());
        loop {
            let rest = bytes.get(taken..).unwrap_or_default();
            let Some(end) = rest.iter().position(|b| *b == b'\n') else {
                return if bytes.len() > REPLY_LIMIT { Err("its answer is too long".into()) } else { Ok(None) };
            };
            let line = rest.get(..end).unwrap_or_default();
            taken += end + 1;
            let (digits, last, text) = split_line(line)?;
            if *code.get_or_insert(digits) != digits {
                return Err(format!("its answer has two codes, {} and {digits}", code.unwrap_or(digits)));
            }
            lines.push(text);
            if last {
                return Ok(Some((Self { code: digits, lines }, taken)));
            }
        }
    }

    /// What the first digit says.
    pub fn kind(&self) -> ReplyKind {
        match self.code / 100 {
            2 => ReplyKind::Done,
            3 => ReplyKind::GoOn,
            4 => ReplyKind::NotNow,
            _ => ReplyKind::No,
        }
    }

    /// Whether the relay refuses by policy (RFC 3463, class 5.7) rather than because of this recipient.
    pub fn is_policy(&self) -> bool {
        matches!(self.code, 530 | 535 | 538) || self.lines.first().is_some_and(|line| line.starts_with("5.7."))
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = self.lines.join(" ").chars().take(300).collect();
        write!(f, "{} {}", self.code, text.trim())
    }
}

/// The digits, whether it is the last line, and the text without control characters.
fn split_line(line: &[u8]) -> Result<(u16, bool, String), String> {
    let shown = || String::from_utf8_lossy(line).chars().filter(|c| !c.is_control()).take(60).collect::<String>();
    let code = match line {
        [a @ b'2'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9', ..] => {
            u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0')
        }
        _ => return Err(format!("it does not speak SMTP: “{}”", shown())),
    };
    let (last, text) = match line.get(3..).unwrap_or_default() {
        [] | [b'\r'] => (true, &[][..]),
        [b' ', text @ ..] => (true, text),
        [b'-', text @ ..] => (false, text),
        _ => return Err(format!("it does not speak SMTP: “{}”", shown())),
    };
    let text: String = String::from_utf8_lossy(text).chars().filter(|c| !c.is_control()).collect();
    Ok((code, last, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_to_their_last_line() {
        let (reply, taken) = Reply::read(b"250-relay\r\n250-PIPELINING\r\n250 OK\r\n354 go").unwrap().unwrap();
        assert_eq!((reply.code, reply.lines, taken), (250, vec!["relay".into(), "PIPELINING".into(), "OK".into()], 35));
        assert_eq!(Reply::read(b"250-relay\r\n250").unwrap(), None);
        let (bare, _) = Reply::read(b"250\r\n").unwrap().unwrap();
        assert_eq!((bare.kind(), bare.to_string().as_str()), (ReplyKind::Done, "250 "));
    }

    #[test]
    fn nonsense_is_a_fault() {
        for bytes in
            [&b"HTTP/1.1 400 Bad\r\n"[..], b"\r\n", b"25\r\n", b"250-a\r\n251 b\r\n", b"999 x\r\n", b"250_x\r\n"]
        {
            assert!(Reply::read(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
        assert!(Reply::read(&b"2".repeat(REPLY_LIMIT + 1)).is_err());
        assert!(Reply::read(&b"250-a\r\n".repeat(REPLY_LIMIT)).is_err());
    }

    #[test]
    fn policy_is_told_from_an_unknown_recipient() {
        let policy = |text: &str| Reply::read(text.as_bytes()).unwrap().unwrap().0.is_policy();
        assert!(policy("554 5.7.1 relay access denied\r\n"));
        assert!(policy("530 log in first\r\n"));
        assert!(!policy("550 5.1.1 no such user\r\n"));
    }
}

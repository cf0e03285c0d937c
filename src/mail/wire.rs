//! The line to a relay: a socket without Nagle's delay, plain or encrypted, every wait with an end.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::clock::{Clock, Stopwatch};

/// The end of a wait.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    watch: Stopwatch,
    patience: Duration,
}

impl Deadline {
    /// So long from now.
    pub fn after(patience: Duration) -> Self {
        Self { watch: Clock::stopwatch(), patience }
    }

    /// What is left, or the fault that nothing is.
    fn left(self) -> io::Result<Duration> {
        let left = self.patience.saturating_sub(self.watch.elapsed());
        if left.is_zero() { Err(too_late()) } else { Ok(left) }
    }
}

/// A socket to the relay.
#[derive(Debug)]
pub enum Wire {
    /// Readable by everybody on the way.
    Plain(TcpStream),
    /// Encrypted.
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Wire {
    /// Connects to the first address of the host that answers.
    pub fn connect(host: &str, port: u16, patience: Duration) -> io::Result<Self> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in (host, port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, patience) {
                Ok(socket) => {
                    // Without this every command waits 40 ms for the other side's delayed acknowledgement.
                    socket.set_nodelay(true)?;
                    return Ok(Self::Plain(socket));
                }
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }

    /// Encrypts the line, checking that the certificate is the host's.
    pub fn encrypt(self, host: &str, config: Arc<ClientConfig>, patience: Duration) -> io::Result<Self> {
        let Self::Plain(mut socket) = self else { return Ok(self) };
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let mut session = ClientConnection::new(config, name).map_err(io::Error::other)?;
        let end = Deadline::after(patience);
        while session.is_handshaking() {
            let left = end.left()?;
            socket.set_read_timeout(Some(left))?;
            socket.set_write_timeout(Some(left))?;
            session.complete_io(&mut socket)?;
        }
        Ok(Self::Tls(Box::new(StreamOwned::new(session, socket))))
    }

    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => &stream.sock,
        }
    }

    /// Reads what has come, waiting until `end` at most. No bytes: the other side hung up.
    pub fn read(&mut self, buffer: &mut [u8], end: Deadline) -> io::Result<usize> {
        loop {
            self.socket().set_read_timeout(Some(end.left()?))?;
            let got = match self {
                Self::Plain(socket) => socket.read(buffer),
                Self::Tls(stream) => stream.read(buffer),
            };
            match got {
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
                Err(fault) if fault.kind() == io::ErrorKind::WouldBlock => return Err(too_late()),
                other => return other,
            }
        }
    }

    /// Writes everything before `end`.
    pub fn write(&mut self, bytes: &[u8], end: Deadline) -> io::Result<()> {
        for piece in bytes.chunks(64 * 1024) {
            self.socket().set_write_timeout(Some(end.left()?))?;
            let written = match self {
                Self::Plain(socket) => socket.write_all(piece),
                Self::Tls(stream) => stream.write_all(piece).and_then(|()| stream.flush()),
            };
            written.map_err(|fault| if fault.kind() == io::ErrorKind::WouldBlock { too_late() } else { fault })?;
        }
        Ok(())
    }
}

fn too_late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "no answer in time")
}

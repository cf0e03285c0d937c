//! The binary: a fast allocator, and the command line.

/// The system's allocator stops two threads from gaining on many small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    mainstay::cli::main()
}

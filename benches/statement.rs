//! Statements a second: `cargo bench --bench statement [-- THREADS]`. Prints figures, asserts nothing.

use mainstay::pdf::statement::{StatementPress, specimen};
use mainstay::pdf::{Fonts, Paper};
use std::time::Instant;

fn main() {
    let Some(view) = specimen() else { return };
    let threads = std::env::args().skip(1).find_map(|word| word.parse::<u32>().ok()).unwrap_or(1);
    let fonts = Fonts::new();
    let press = StatementPress::new(&fonts, Paper::A4);
    let mut plain = view.clone();
    for line in plain.bonuses.iter_mut().flat_map(|bonus| &mut bonus.lines) {
        if let Some(latin) = line.from.latin.take() {
            line.from.own = latin;
        }
    }
    for (name, view) in [("Latin names", &plain), ("four scripts", &view)] {
        let bytes = press.render(view).map_or(0, |pdf| pdf.len());
        for threads in 1..=threads {
            let each = 500;
            let start = Instant::now();
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| (0..each).filter(|_| press.render(view).is_err()).count());
                }
            });
            let rate = f64::from(each * threads) / start.elapsed().as_secs_f64();
            println!("{name}: {bytes} bytes, {threads} threads, {rate:.0} statements a second");
        }
    }
}

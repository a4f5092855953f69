//! Good files, damaged.

use super::random::Random;

/// Damages a file in one to four ways.
pub(crate) fn mutate(good: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..=random.below(4) {
        once(&mut bytes, random);
    }
    bytes
}

fn once(bytes: &mut Vec<u8>, random: &mut Random) {
    if bytes.is_empty() {
        bytes.push(0);
    }
    let at = random.below(bytes.len());
    let end = (at + 1 + random.below(64)).min(bytes.len());
    match random.below(9) {
        0 => (0..1 + random.below(40)).for_each(|_| {
            let place = random.below(bytes.len());
            bytes[place] ^= 1 << random.below(8);
        }),
        1 => bytes.truncate(at),
        2 => {
            let chunk = bytes[at..end].repeat(1 + random.below(200));
            bytes.splice(at..at, chunk);
        }
        3 => drop(bytes.drain(at..end)),
        4 => drop(bytes.splice(at..at, (0..random.below(80)).map(|_| 0))),
        5 => {
            let noise: Vec<u8> = (0..random.below(80)).map(|_| random.next() as u8).collect();
            bytes.splice(at..at, noise);
        }
        6 => bytes[at..end].fill(0xFF),
        7 => bytes[at..end].reverse(),
        _ => number(bytes, at, random),
    }
}

/// The next number in the file becomes another: lengths, offsets, counts.
fn number(bytes: &mut Vec<u8>, at: usize, random: &mut Random) {
    let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit).map(|start| at + start) else { return };
    let end = bytes[start..].iter().position(|byte| !byte.is_ascii_digit()).map_or(bytes.len(), |length| start + length);
    let others: [&[u8]; 6] = [b"0", b"-1", b"4294967295", b"99999999999999999999", b"1e308", b"2147483648"];
    bytes.splice(start..end, others[random.below(others.len())].iter().copied());
}

//! Certificates parsed by x509-parser, with SHA-256 of each and of its key.
//! Prints how many were read, how many were accepted, and the processor time it took in seconds.
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, X509Certificate};

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

extern "C" {
    fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
}

const PROCESS_CPUTIME: i32 = 2;

fn seconds() -> f64 {
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    assert_eq!(unsafe { clock_gettime(PROCESS_CPUTIME, &mut time) }, 0);
    time.seconds as f64 + time.nanoseconds as f64 / 1e9
}

fn main() {
    let data = std::fs::read(std::env::args().nth(1).expect("a corpus")).expect("its octets");
    let mut ders: Vec<&[u8]> = Vec::new();
    let mut rest = data.as_slice();
    while !rest.is_empty() {
        let size = 4 + u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        ders.push(&rest[4..size]);
        rest = &rest[size..];
    }
    let mut accepted = 0;
    let mut digests = 0u8;
    let begun = seconds();
    for der in &ders {
        digests ^= Sha256::digest(der)[0];
        if let Ok((_, certificate)) = X509Certificate::from_der(der) {
            digests ^= Sha256::digest(certificate.tbs_certificate.subject_pki.raw)[0];
            accepted += 1;
        }
    }
    let took = seconds() - begun;
    eprintln!("{digests}"); // so that nothing is left out
    println!("{} {} {}", ders.len(), accepted, took);
}

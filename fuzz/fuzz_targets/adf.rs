#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| usher_trials::targets::run("adf", data));
